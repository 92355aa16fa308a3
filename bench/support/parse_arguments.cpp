#include "bench/support/parse_arguments.hpp"

#include "bench/support/suggestion.hpp"
#include "bench/support/usage_error.hpp"
#include "bench/version/version.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <regex>

namespace tvl::suite {
namespace {

// The option that CLI11's message is about.
std::string option_in(const std::string& message) {
  static const std::regex pattern("--[a-z-]+");
  std::smatch match;
  return std::regex_search(message, match, pattern) ? match.str() : message;
}

void parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ArgumentMismatch& error) {
    throw bad_input(option_in(error.what()) + " takes one value");
  } catch (const CLI::ConversionError& error) {
    throw bad_input(option_in(error.what()) + " takes no value");  // numeric options have their own check
  } catch (const CLI::Error& error) {
    throw bad_input(error.what());
  }
}

}  // namespace

bool parse_arguments(CLI::App& app, int argc, char** argv) {
  const bool extras_allowed = app.get_allow_extras();
  app.allow_extras();
  app.set_version_flag("--version", version_line(app.get_name().substr(0, app.get_name().find(' '))));
  try {
    parse(app, argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked);
    return false;
  }
  if (const auto rest = app.remaining(); !rest.empty() && !extras_allowed) refuse_argument(app, rest.front());
  return true;
}

void refuse_argument(const CLI::App& app, const std::string& word) {
  if (!word.starts_with('-')) throw bad_input("unexpected argument '" + word + "'");
  std::vector<std::string> known;
  for (const auto* option : app.get_options()) known.push_back(option->get_name());
  throw bad_input(unknown("option", word, known));
}

}  // namespace tvl::suite
