#pragma once
// Table, error lines and JSON of measured ways.

#include "clients/fetch/measure.hpp"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <vector>

namespace tvl::fetch {

// A row for each way.
void print_table(std::ostream&, const std::vector<measured>&);
// A line for each failed download, in the order of the URLs: "WAY: URL: reason".
void print_errors(std::ostream&, const settings&, const measured&);

// Schema 1; times in microseconds, unknown values null. `wall_to_serial` = wall time / wall time of serial.
nlohmann::ordered_json to_json(const settings&, const std::vector<measured>&, bool interrupted);

}  // namespace tvl::fetch
