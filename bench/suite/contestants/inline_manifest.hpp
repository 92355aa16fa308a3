#pragma once
// A manifest in one argument: 'name=mine;command=./mine {port};plaintext=/hello'
//
// Keys are those of a manifest file and the names of endpoints; a key of a table has a dot: env.PORT, headers.Host,
// orders.method, orders.headers.Accept. A build is one command. Quotes work as in a shell; paths in the command are
// relative to the current folder, which is {dir}.

#include "bench/suite/contestants/manifest.hpp"

#include <string>

namespace tvl::suite {

// Whether it begins with "key="; otherwise it is a name or a file.
bool is_inline_manifest(const std::string& argument);

// Throws bad_file.
manifest read_inline_manifest(const std::string& text);

}  // namespace tvl::suite
