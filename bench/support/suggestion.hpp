#pragma once
// Suggests the nearest known name in messages about an unknown one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::suite {

// The known word with the smallest edit distance to `word` (case-insensitive; the first of equals); empty when fewer
// than half of the letters agree.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

// "unknown workload 'conections' (nearest: connections)", or the whole list when none is near.
std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& known);

}  // namespace tvl::suite
