#include "bench/suite/contestants/inline_manifest.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/manifest_table.hpp"
#include "bench/suite/contestants/shell_words.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <set>
#include <stdexcept>
#include <utility>

namespace tvl::suite {
namespace {

using pair = std::pair<std::string, std::string>;

std::vector<std::string> known_keys() {
  std::vector<std::string> keys = {"name", "title", "model", "versus", "command",       "url",     "pid",
                                   "port", "needs", "cwd",   "build",  "start_timeout", "warmup_s"};
  for (const auto& [name, path] : all_endpoints()) keys.push_back(name);
  return keys;
}

// Tables at the top level whose keys are written with a dot: "env.PORT".
bool is_table_of_texts(const std::string& name) { return name == "env" || name == "headers"; }

// The parts of "env.PORT", "orders.method", "orders.headers.Accept". A key without a dot has one part.
std::vector<std::string> parts_of(const std::string& key) {
  const auto dot = key.find('.');
  if (dot == key.npos) return {key};
  const auto rest = key.substr(dot + 1);
  if (!is_table_of_texts(key.substr(0, dot)) && rest.starts_with("headers."))
    return {key.substr(0, dot), "headers", rest.substr(8)};
  return {key.substr(0, dot), rest};
}

// A key with a dot, and a path of the user's own endpoint, are checked where manifests are read.
bool is_known(const std::string& key, const std::string& value, const std::vector<std::string>& known) {
  if (std::ranges::find(known, key) != known.end() || key.find('.') != key.npos) return true;
  return unquoted(value).starts_with('/') && !nearest(key, known);
}

std::vector<pair> pairs_of(const std::string& text) {
  const auto known = known_keys();
  std::vector<pair> pairs;
  for (const auto& part : split_outside_quotes(text, ';')) {
    const auto equals = part.find('=');
    if (equals == part.npos) throw std::invalid_argument("'" + part + "' is not of the form key=value");
    const auto begin = std::min(part.find_first_not_of(' '), equals);
    const auto key = part.substr(begin, equals - begin);
    const auto value = part.substr(equals + 1);
    if (!is_known(key, value, known)) throw std::invalid_argument(unknown("key", key, known));
    if (std::ranges::find(pairs, key, &pair::first) != pairs.end()) {
      throw std::invalid_argument("'" + key + "' is there twice");
    }
    pairs.emplace_back(key, value);
  }
  return pairs;
}

toml::array words(const std::string& text) {
  toml::array list;
  for (const auto& word : shell_words(text)) list.push_back(word);
  return list;
}

// What is not a number stays a text, which the reader of manifests refuses.
void insert_number(toml::table& into, const std::string& key, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    into.insert(key, number);
  } else {
    into.insert(key, text);
  }
}

toml::table& table_in(toml::table& parent, const std::string& name) {
  const auto at = parent.insert(name, toml::table()).first;
  toml::node& node = at->second;
  if (!node.is_table()) throw std::invalid_argument("'" + name + "' is a path and has keys: give NAME.path");
  return *node.as_table();
}

void insert_top(toml::table& top, const std::string& key, const std::string& value) {
  static const std::set<std::string> of_words = {"command", "needs", "build"}, numbers = {"pid", "port"},
                                     others = {"name", "title", "model",         "versus",
                                               "url",  "cwd",   "start_timeout", "warmup_s"};
  if (of_words.contains(key)) {
    top.insert(key, words(value));
  } else if (numbers.contains(key)) {
    insert_number(top, key, unquoted(value));
  } else if (others.contains(key)) {
    top.insert(key, unquoted(value));
  } else if (!table_in(top, "endpoints").insert(key, unquoted(value)).second) {
    throw std::invalid_argument("'" + key + "' is a path and has keys: give NAME.path");
  }
}

// "env.PORT=80", "orders.method=POST"
void insert_in_table(toml::table& top, const std::vector<std::string>& parts, const std::string& text) {
  const bool is_top = is_table_of_texts(parts.front());
  auto* table = is_top ? &table_in(top, parts[0]) : &table_in(table_in(top, "endpoints"), parts[0]);
  if (parts.size() == 3) table = &table_in(*table, parts[1]);
  if (parts.back() == "expect_status") {
    insert_number(*table, parts.back(), text);
  } else {
    table->insert(parts.back(), text);
  }
}

toml::table table_of(const std::vector<pair>& pairs) {
  toml::table top;
  for (const auto& [key, value] : pairs) {
    const auto parts = parts_of(key);
    if (parts.size() == 1) {
      insert_top(top, key, value);
    } else {
      insert_in_table(top, parts, unquoted(value));
    }
  }
  return top;
}

}  // namespace

bool is_inline_manifest(const std::string& argument) {
  static const std::regex beginning("[A-Za-z_]+=.*");
  return std::regex_match(argument, beginning);
}

manifest read_inline_manifest(const std::string& text) {
  std::filesystem::path source = std::filesystem::current_path() / "inline manifest";
  try {
    const auto pairs = pairs_of(text);
    if (const auto name = std::ranges::find(pairs, "name", &pair::first); name != pairs.end()) {
      const auto its = unquoted(name->second);
      if (its.find('/') == its.npos) source += " '" + its + "'";
    }
    return read_manifest_table(table_of(pairs), source, manifest_origin::user);
  } catch (const std::invalid_argument& error) {
    fail(source, 0, error.what());
  }
}

}  // namespace tvl::suite
