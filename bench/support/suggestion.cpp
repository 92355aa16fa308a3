#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace tvl::suite {
namespace {

bool same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

// Levenshtein distance with one row of the table.
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (same_letter(from[i - 1], to[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto distance = [&](const std::string& name) { return edits(word, name); };
  const auto best = std::ranges::min_element(known, {}, distance);
  if (best == known.end() || 2 * distance(*best) > std::max(word.size(), best->size())) return std::nullopt;
  return *best;
}

std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& known) {
  std::string text = "unknown " + std::string(kind) + " '" + std::string(word) + "'";
  if (const auto meant = nearest(word, known)) return text + " (nearest: " + *meant + ")";
  if (known.empty()) return text + " (there are none)";
  text += " (known: " + known.front();
  for (auto name = known.begin() + 1; name != known.end(); ++name) text += ", " + *name;
  return text + ")";
}

}  // namespace tvl::suite
