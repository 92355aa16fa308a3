#pragma once
// The name that was probably meant, for every message about an unknown one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::suite {

// The known word with the fewest edits to `word` (case ignored; the first of equals); empty when even that
// one shares less than half of its letters with it.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

// "unknown workload 'conections' (nearest: connections)", or the whole list when none is near.
std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& known);

}  // namespace tvl::suite
