#include "bench/suite/services/redis.hpp"

#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/run_as.hpp"
#include "bench/support/usage_error.hpp"

#include <cstdlib>
#include <fstream>
#include <hiredis.h>
#include <iomanip>
#include <random>
#include <regex>
#include <sstream>
#include <vector>

namespace tvl::suite {
namespace {

constexpr std::size_t value_bytes = 100;

// Where clients and contestants find the password, as redis-cli does. Every user of a machine sees command lines.
constexpr char password_variable[] = "REDISCLI_AUTH";

class redis_client {
 public:
  redis_client(const std::string& host, int port)
      : context_(redisConnectWithTimeout(host.c_str(), port, {2, 0}), &redisFree) {
    if (context_ && context_->err == 0) redisSetTimeout(context_.get(), {10, 0});
    const char* password = std::getenv(password_variable);
    if (password != nullptr) ask({"AUTH", password});
  }

  using answer = std::unique_ptr<redisReply, void (*)(void*)>;

  // Null = no reply: see problem().
  answer ask(const std::vector<std::string>& words) {
    if (!context_ || context_->err != 0) return {nullptr, &freeReplyObject};
    std::vector<const char*> begins;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
      begins.push_back(word.data());
      sizes.push_back(word.size());
    }
    void* reply = redisCommandArgv(context_.get(), static_cast<int>(words.size()), begins.data(), sizes.data());
    return {static_cast<redisReply*>(reply), &freeReplyObject};
  }

  bool says(const std::vector<std::string>& words, const std::string& text) {
    const auto reply = ask(words);
    return reply && reply->type == REDIS_REPLY_STATUS && std::string(reply->str, reply->len) == text;
  }

  std::string problem() const { return context_ ? context_->errstr : "out of memory"; }

 private:
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

bool fill_keys(redis_client& redis) {
  std::vector<std::string> words = {"MSET"};
  for (int i = 0; i < redis_keys; ++i) {
    words.push_back(redis_key(i));
    words.push_back(redis_value(words.back()));
  }
  return redis.says(words, "OK");
}

std::string new_password() {
  std::random_device random;
  std::ostringstream text;
  text << std::hex << std::setfill('0');
  for (int i = 0; i < 4; ++i) text << std::setw(8) << random();
  return text.str();
}

std::optional<std::string> version_of(redis_client& redis) {
  static const std::regex line(R"(redis_version:(\S+))");
  const auto reply = redis.ask({"INFO", "server"});
  if (!reply || reply->type != REDIS_REPLY_STRING) return std::nullopt;
  const std::string text(reply->str, reply->len);
  std::smatch match;
  return std::regex_search(text, match, line) ? std::optional(match.str(1)) : std::nullopt;
}

}  // namespace

std::string redis_key(int number) { return "key:" + std::to_string(number); }

std::string redis_value(const std::string& key) {
  auto text = "value of " + key + " ";
  text.resize(value_bytes, '.');
  return text;
}

service start_redis(const service_environment& where) {
  const auto program = find_program("redis-server");
  if (program.empty()) throw not_installed("'redis-server' is not on PATH");
  const auto home = where.folder / "redis";
  launch how;
  how.name = "redis";
  how.run_as = ordinary_account("redis");
  make_private_folder(home, how.run_as);
  const auto password = new_password();
  std::ofstream(home / "settings") << "requirepass " << password << '\n';
  setenv(password_variable, password.c_str(), 1);
  how.command = {program, home / "settings", "--port", "{port}",       "--bind", "127.0.0.1", "--dir",
                 home,    "--save",          "",       "--appendonly", "no"};
  how.answers = [](int port) { return redis_client("127.0.0.1", port).says({"PING"}, "PONG"); };
  how.cpus = where.cpus;
  how.logs = where.logs;
  how.stop = where.stop;
  auto process = std::make_unique<launched_server>(std::move(how));
  redis_client redis("127.0.0.1", process->port());
  if (!fill_keys(redis)) {
    process->check_alive();  // that it has ended tells more
    throw server_failed("redis cannot be filled: " + redis.problem());
  }
  return {"127.0.0.1:" + std::to_string(process->port()), version_of(redis), std::move(process)};
}

service given_redis(const std::string& address) {
  const auto colon = address.rfind(':');
  redis_client redis(address.substr(0, colon), std::stoi(address.substr(colon + 1)));
  const auto found = redis.ask({"EXISTS", redis_key(0), redis_key(redis_keys - 1)});
  if (!found) throw bad_input("--redis " + address + ": " + redis.problem());
  if (found->type == REDIS_REPLY_ERROR) throw bad_input("--redis " + address + " says: " + found->str);
  if (found->integer != 2) {
    throw bad_input("--redis " + address + " has to hold " + redis_key(0) + " to " + redis_key(redis_keys - 1) +
                    ", with " + std::to_string(value_bytes) + " bytes each, and does not");
  }
  return {address, version_of(redis), nullptr};
}

}  // namespace tvl::suite
