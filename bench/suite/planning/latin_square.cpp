#include "bench/suite/planning/latin_square.hpp"

#include <algorithm>
#include <numeric>

namespace tvl::suite {
namespace {

// 0, 1, n-1, 2, n-2, ...: all differences between neighbours differ, as Williams' design requires.
order zigzag(std::size_t n) {
  order row(n, 0);
  for (std::size_t place = 1; place < n; ++place) row[place] = place % 2 == 1 ? (place + 1) / 2 : n - place / 2;
  return row;
}

// A row of the square, with items renamed so that row 0 is 0, 1, 2, ...
order square_row(std::size_t n, std::size_t row, bool mirrored) {
  const auto first = zigzag(n);
  order names(n);
  for (std::size_t place = 0; place < n; ++place) names[first[place]] = place;
  order found;
  for (const auto item : first) found.push_back(names[(item + row) % n]);
  if (mirrored) std::ranges::reverse(found);
  return found;
}

// std::shuffle gives other results with another standard library.
void shuffle(std::vector<std::size_t>& rows, std::size_t from, std::mt19937_64& random) {
  for (auto left = rows.size(); left > from + 1; --left)
    std::swap(rows[left - 1], rows[from + random() % (left - from)]);
}

}  // namespace

std::vector<order> balanced_orders(std::size_t items, int repetitions, std::mt19937_64& random) {
  std::vector<order> orders;
  if (items == 0) return orders;
  const auto wanted = static_cast<std::size_t>(repetitions);
  for (bool mirrored = false; orders.size() < wanted; mirrored = !mirrored) {
    const auto count = std::min(items, wanted - orders.size());
    std::vector<std::size_t> rows(count);
    for (std::size_t i = 0; i < count; ++i) rows[i] = i * items / count;
    shuffle(rows, orders.empty() ? 1 : 0, random);
    for (const auto row : rows) orders.push_back(square_row(items, row, mirrored));
  }
  return orders;
}

}  // namespace tvl::suite
