#include "bench/suite/output/recorded_text.hpp"

#include "bench/support/project_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace tvl::suite {
namespace {

using nlohmann::json;

struct secret {
  std::string_view name;  // in lower case, the end of a longer name
  std::string_view ends;  // the characters that end its value; a header's has spaces
};

constexpr std::string_view after_header = "\"';\r\n", after_parameter = "\"'; \t&,\r\n";
constexpr auto secrets = std::to_array<secret>({{"authorization", after_header},
                                                {"cookie", "\"'\r\n"},  // whose own separator is ';'
                                                {"password", after_parameter},
                                                {"passwd", after_parameter},
                                                {"token", after_parameter},
                                                {"secret", after_parameter},
                                                {"api-key", after_parameter},
                                                {"api_key", after_parameter},
                                                {"apikey", after_parameter}});

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_secret(const std::string& name) {
  const auto small = lower(name);
  return std::ranges::any_of(secrets, [&](const secret& s) { return small.ends_with(s.name); });
}

// The position of the value of a name that ends at `from`: behind ':' or '='. npos: the name has no value.
std::size_t value_begin(const std::string& text, std::size_t from) {
  auto at = text.find_first_not_of("\"' ", from);
  if (at == text.npos || (text[at] != ':' && text[at] != '=')) return text.npos;
  at = text.find_first_not_of("\"' ", at + 1);
  return at;
}

void hide_values(std::string& text, const secret& s) {
  auto small = lower(text);
  for (auto at = small.find(s.name); at != small.npos; at = small.find(s.name, at)) {
    at += s.name.size();
    const auto begin = value_begin(text, at);
    if (begin == text.npos) continue;
    const auto end = std::min(text.find_first_of(s.ends, begin), text.size());
    text.replace(begin, end - begin, hidden);
    small = lower(text);
  }
}

void hide_passwords_of_urls(std::string& text) {
  for (auto at = text.find("://"); at != text.npos; at = text.find("://", at)) {
    at += 3;
    const auto authority_end = std::min(text.find_first_of("/?# \t\"'", at), text.size());
    const auto user_end = text.substr(at, authority_end - at).rfind('@');
    const auto colon = text.find(':', at);
    if (user_end == text.npos || colon >= at + user_end) continue;
    text.replace(colon + 1, at + user_end - colon - 1, hidden);
  }
}

bool is_secret(const json& name) { return name.is_string() && is_secret(name.get<std::string>()); }

void hide(json& value) {
  if (value.is_string()) {
    value = without_secrets(value.get<std::string>());
  } else if (value.is_array() && value.size() == 2 && is_secret(value[0]) && value[1].is_string()) {
    value[1] = hidden;
  } else if (value.is_structured()) {
    const bool is_header = value.is_object() && value.contains("name") && is_secret(value.at("name"));
    for (auto& [key, inner] : value.items()) {
      const bool its_value = value.is_object() && (is_secret(key) || (is_header && key == "value"));
      if (its_value && inner.is_string()) {
        inner = hidden;
      } else {
        hide(inner);
      }
    }
  }
}

}  // namespace

std::string without_secrets(std::string text) {
  hide_passwords_of_urls(text);
  for (const auto& s : secrets) hide_values(text, s);
  return text;
}

json without_secrets(json value) {
  hide(value);
  return value;
}

std::string portable(std::string text) {
  static const std::string folder = project_folder().string() + "/";
  for (auto at = text.find(folder); at != text.npos; at = text.find(folder)) text.erase(at, folder.size());
  return text;
}

}  // namespace tvl::suite
