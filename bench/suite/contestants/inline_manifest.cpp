#include "bench/suite/contestants/inline_manifest.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/manifest_table.hpp"
#include "bench/suite/contestants/shell_words.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <stdexcept>
#include <utility>

namespace tvl::suite {
namespace {

using pair = std::pair<std::string, std::string>;

std::vector<std::string> known_keys() {
  std::vector<std::string> keys = {"name", "title", "model", "versus", "command", "url", "pid", "port", "needs"};
  for (const auto& [name, path] : all_endpoints()) keys.push_back(name);
  return keys;
}

std::vector<pair> pairs_of(const std::string& text) {
  const auto known = known_keys();
  std::vector<pair> pairs;
  for (const auto& part : split_outside_quotes(text, ';')) {
    const auto equals = part.find('=');
    if (equals == part.npos) throw std::invalid_argument("'" + part + "' is not of the form key=value");
    const auto begin = std::min(part.find_first_not_of(' '), equals);
    const auto key = part.substr(begin, equals - begin);
    if (std::ranges::find(known, key) == known.end()) throw std::invalid_argument(unknown("key", key, known));
    if (std::ranges::find(pairs, key, &pair::first) != pairs.end()) {
      throw std::invalid_argument("'" + key + "' is there twice");
    }
    pairs.emplace_back(key, part.substr(equals + 1));
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

toml::table table_of(const std::vector<pair>& pairs) {
  toml::table top, endpoints;
  for (const auto& [key, value] : pairs) {
    if (all_endpoints().contains(key)) {
      endpoints.insert(key, unquoted(value));
    } else if (key == "command" || key == "needs") {
      top.insert(key, words(value));
    } else if (key == "pid" || key == "port") {
      insert_number(top, key, unquoted(value));
    } else {
      top.insert(key, unquoted(value));
    }
  }
  if (!endpoints.empty()) top.insert("endpoints", endpoints);
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
