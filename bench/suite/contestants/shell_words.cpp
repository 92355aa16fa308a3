#include "bench/suite/contestants/shell_words.hpp"

#include <optional>
#include <stdexcept>

namespace tvl::suite {
namespace {

enum class quotes { keep, remove };

std::vector<std::string> split(const std::string& text, const std::string& separators, quotes how) {
  std::vector<std::string> parts;
  std::optional<std::string> part;  // '' is an empty part
  const auto add = [&](char c, bool is_quoting = false) {
    if (!part) part.emplace();
    if (!is_quoting || how == quotes::keep) *part += c;
  };
  char open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\' && (open == 0 ? next != '\0' : open == '"' && (next == '"' || next == '\\'))) {
      add(c, true);
      add(text[++i]);
    } else if (open != 0 ? c == open : c == '\'' || c == '"') {
      add(c, true);
      open = open != 0 ? 0 : c;
    } else if (open == 0 && separators.find(c) != separators.npos) {
      if (part) parts.push_back(*part);
      part.reset();
    } else {
      add(c);
    }
  }
  if (open != 0) throw std::invalid_argument(std::string("a quote is not closed: ") + open);
  if (part) parts.push_back(*part);
  return parts;
}

}  // namespace

std::vector<std::string> shell_words(const std::string& text) { return split(text, " \t\n", quotes::remove); }

std::vector<std::string> split_outside_quotes(const std::string& text, char separator) {
  return split(text, std::string(1, separator), quotes::keep);
}

std::string unquoted(const std::string& text) {
  const auto parts = split(text, "", quotes::remove);
  return parts.empty() ? "" : parts.front();
}

}  // namespace tvl::suite
