#pragma once
// Text of a server for one line of a message or a record.

#include <cstddef>
#include <string>
#include <string_view>

namespace tvl::suite {

// Valid UTF-8 without control characters: any other byte as \xNN. Cut with "..." beyond `most` bytes.
std::string printable(std::string_view text, std::size_t most = 200);

}  // namespace tvl::suite
