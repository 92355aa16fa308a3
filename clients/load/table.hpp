#pragma once
// A point for people.

#include "clients/load/command_line.hpp"
#include "clients/load/point.hpp"

#include <iosfwd>

namespace tvl::load {

// One line on a terminal, overwritten each second.
void print_progress(std::ostream&, const second&);
void print_table(std::ostream&, const point&);
// The table and the JSON, wherever the command wants them.
void print(const command&, const point&);

}  // namespace tvl::load
