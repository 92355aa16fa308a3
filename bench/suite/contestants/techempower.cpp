#include "bench/suite/contestants/techempower.hpp"

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/command_words.hpp"
#include "bench/support/suggestion.hpp"
#include "clients/load/base/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

namespace tvl::suite {
namespace {

using json = nlohmann::json;

class config {
 public:
  config(const std::string& text, std::string source) : source_(std::move(source)) {
    try {
      all_ = json::parse(text);
    } catch (const json::parse_error& error) {
      const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
      fail(source_, static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1, "is not JSON");
    } catch (const json::out_of_range&) {
      fail_whole("has a number that is too large");
    }
  }

  [[noreturn]] void fail_whole(const std::string& what) const { fail(source_, 0, what); }

  std::string framework() const { return text(all_, "framework", ""); }

  // tests[] is a list of objects of named tests.
  std::map<std::string, json> tests() const {
    std::map<std::string, json> named;
    if (!all_.is_object() || !all_.contains("tests") || !all_["tests"].is_array()) fail_whole("missing list 'tests'");
    for (const auto& group : all_["tests"]) {
      if (!group.is_object()) fail_whole("'tests' must hold objects");
      for (const auto& [name, test] : group.items()) named.emplace(name, test);
    }
    if (named.empty()) fail_whole("'tests' is empty");
    return named;
  }

  std::string text(const json& object, const std::string& key, const std::string& where) const {
    if (!object.is_object() || !object.contains(key)) fail_whole("missing key '" + key + "'" + where);
    if (!object[key].is_string() || object[key].get<std::string>().empty()) {
      fail_whole("'" + key + "'" + where + " must be a text that is not empty");
    }
    return object[key];
  }

  int port(const json& test, const std::string& where) const {
    if (!test.is_object() || !test.contains("port")) fail_whole("missing key 'port'" + where);
    const auto& value = test["port"];
    if (!value.is_number_integer() || value < 1 || value > 65535) {
      fail_whole("'port'" + where + " must be a whole number from 1 to 65535");
    }
    return value;
  }

 private:
  std::string source_;
  json all_;
};

std::string chosen_test(const config& c, const std::map<std::string, json>& tests, const std::string& asked) {
  std::vector<std::string> names;
  for (const auto& [name, test] : tests) names.push_back(name);
  if (asked.empty() && tests.size() == 1) return names.front();
  const auto name = asked.empty() ? "default" : asked;
  if (!tests.contains(name)) c.fail_whole(unknown("test", name, names) + (asked.empty() ? ": say --test" : ""));
  return name;
}

std::string as_name(std::string text) {
  for (char& c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') c = '_';
  }
  if (text.front() == '.') text.front() = '_';
  return text;
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + quoted(word);
  return "[" + text + "]";
}

// A newline would end the comment, and what follows it would be a line of the manifest.
std::string in_comment(const std::string& key) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return std::ranges::all_of(key, is_plain) ? key : load::in_quotes(key);
}

std::string way_in(const std::vector<std::string>& command, int port) {
  if (command.empty()) {
    return "url   = \"http://127.0.0.1:" + std::to_string(port) +
           "\" # it runs already; with --pid its CPU, switches and memory are measured, too\n";
  }
  const auto takes_port = [](const std::string& word) {
    const auto names = word_placeholders(word);
    return std::ranges::find(names, "port") != names.end();
  };
  const auto fixed = std::ranges::any_of(command, takes_port) ? "" : "port    = " + std::to_string(port) + "\n";
  return "command = " + quoted(command) + "\n" + fixed;
}

// The common endpoints, and a comment with those that only TechEmpower has.
std::string endpoints(const config& c, const json& test, const std::string& where) {
  std::string shared, left_out;
  for (const auto& [key, value] : test.items()) {
    if (!key.ends_with("_url")) continue;
    const auto name = key.substr(0, key.size() - 4);
    if (name != "plaintext" && name != "json") {
      left_out += (left_out.empty() ? "" : ", ") + in_comment(key);
      continue;
    }
    const auto path = c.text(test, key, where);
    if (path.front() != '/') c.fail_whole("'" + key + "'" + where + " must begin with '/'");
    shared += name + " = " + quoted(path) + "\n";
  }
  if (shared.empty()) c.fail_whole("neither 'plaintext_url' nor 'json_url'" + where + ": there is nothing to ask for");
  return "[endpoints]\n" + shared + (left_out.empty() ? "" : "# not taken over: " + left_out + "\n");
}

}  // namespace

std::string manifest_from_techempower(const std::string& text, const import_request& request) {
  const config c(text, request.source);
  const auto tests = c.tests();
  const auto name = chosen_test(c, tests, request.test);
  const auto& test = tests.at(name);
  const auto where = " in test '" + name + "'";
  // TechEmpower's naming.
  const auto full_name = name == "default" ? c.framework() : c.framework() + "-" + name;
  const auto title =
      test.is_object() && test.contains("display_name") ? c.text(test, "display_name", where) : full_name;
  const int port = c.port(test, where);  // before endpoints(), which fails too: in one expression the order is open
  return "name  = " + quoted(as_name(full_name)) + "\ntitle = " + quoted(title) + "\nmodel = \"other\"\n" +
         way_in(request.command, port) + endpoints(c, test, where);
}

}  // namespace tvl::suite
