#include "bench/suite/contestants/command_words.hpp"

#include <regex>

namespace tvl::suite {
namespace {

struct piece {
  bool is_placeholder;
  std::string text;  // of a placeholder its name
};

enum class escapes { if_opened, always };

std::vector<piece> pieces_of(const std::string& word, escapes which) {
  static const std::regex plain(R"(\{([A-Za-z_]+)\})"), escaped(R"(\{\{|\}\}|\{([A-Za-z_]+)\})");
  const bool escaping = which == escapes::always || word.find("{{") != word.npos;
  std::vector<piece> pieces;
  auto rest = word.begin();
  for (std::sregex_iterator match(word.begin(), word.end(), escaping ? escaped : plain), end; match != end; ++match) {
    const auto& found = *match;
    pieces.push_back({false, std::string(rest, found[0].first)});
    pieces.push_back({found[1].matched, found[1].matched ? found.str(1) : found.str(0).substr(1)});
    rest = found[0].second;
  }
  pieces.push_back({false, std::string(rest, word.end())});
  return pieces;
}

std::string with_doubled_braces(const std::string& text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '{' || c == '}' ? 2 : 1, c);
  return doubled;
}

}  // namespace

std::vector<std::string> word_placeholders(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& piece : pieces_of(word, escapes::if_opened)) {
    if (piece.is_placeholder) names.push_back(piece.text);
  }
  return names;
}

std::string fill_word(const std::string& word, const placeholder_value& value) {
  std::string filled;
  for (const auto& piece : pieces_of(word, escapes::if_opened)) {
    const auto given = piece.is_placeholder ? value(piece.text) : std::optional(piece.text);
    filled += given ? with_doubled_braces(*given) : "{" + piece.text + "}";
  }
  return filled;
}

std::string finish_word(const std::string& filled, const placeholder_value& value) {
  std::string word;
  for (const auto& piece : pieces_of(filled, escapes::always)) {
    word += piece.is_placeholder ? value(piece.text).value_or("{" + piece.text + "}") : piece.text;
  }
  return word;
}

}  // namespace tvl::suite
