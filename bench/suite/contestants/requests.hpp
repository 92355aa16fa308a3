#pragma once
// What a manifest says about requests: [endpoints], [endpoints.NAME] and [headers].

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/manifest.hpp"

namespace tvl::suite {

// Keys of [endpoints.NAME] but `headers`, which is a table.
const std::vector<std::string>& request_keys();

// Fills headers, endpoints and requests. Throws bad_file.
void read_requests(table_reader& top, manifest&);

}  // namespace tvl::suite
