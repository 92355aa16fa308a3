#pragma once
// Text tables of results.

#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/point/point.hpp"

#include <iosfwd>

namespace tvl::load {

// One line, overwritten each second.
void print_progress(std::ostream&, const timeline_row&);
void print_table(std::ostream&, const point&);
void print_room(std::ostream&, const room_result&);

}  // namespace tvl::load
