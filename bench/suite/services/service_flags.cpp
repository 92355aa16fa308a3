#include "bench/suite/services/service_flags.hpp"

#include <CLI/CLI.hpp>

#include <libpq-fe.h>
#include <memory>
#include <regex>

namespace tvl::suite {
namespace {

std::string address_problem(const std::string& text) {
  static const std::regex pattern(R"([^:\s]+:\d{1,5})");
  return std::regex_match(text, pattern) ? "" : "'" + text + "' is not HOST:PORT";
}

std::string url_problem(const std::string& text) {
  static const std::regex pattern(R"(http://[^/?#\s]+)");
  return std::regex_match(text, pattern) ? "" : "'" + text + "' is not http://HOST:PORT";
}

// A command line is visible to all users, and is written to the run's environment.json.
std::string conninfo_problem(const std::string& text) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(text.c_str(), &message),
                                                                               &PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> owned(message, &PQfreemem);
  if (!options) {
    const std::string said = message != nullptr ? message : "out of memory";
    return "no connection string: " + said.substr(0, said.find('\n'));
  }
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && std::string(option->keyword) == "password") {
      return "a command line is no place for a password: use PGPASSWORD or ~/.pgpass";
    }
  }
  return "";
}

}  // namespace

void add_service_flags(CLI::App& app, service_flags& flags) {
  app.add_option("--redis", flags.redis,
                 "your own HOST:PORT, with key:0 to key:9999, its password in REDISCLI_AUTH "
                 "(default: one is started)")
      ->check(CLI::Validator(address_problem, ""));
  app.add_option(
         "--postgres", flags.postgres,
         "your own, as 'host=... dbname=...', with items (id, name, price) 1 to 10000 (default: one is started)")
      ->check(CLI::Validator(conninfo_problem, ""));
  app.add_option("--upstream", flags.upstream, "your own tvl-upstream: http://HOST:PORT (default: one is started)")
      ->check(CLI::Validator(url_problem, ""));
}

}  // namespace tvl::suite
