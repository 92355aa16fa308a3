#pragma once
// What it costs to gather the points of many hosts: their bytes are parsed, merged, and the hosts are judged, by the
// code that `tvl-load --hosts` uses. The points are made up.

#include <cstddef>
#include <iosfwd>
#include <vector>

namespace tvl::load {

// A table with a row for each number of hosts.
void print_gather(std::ostream&, const std::vector<std::size_t>& hosts);

}  // namespace tvl::load
