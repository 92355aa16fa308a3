#pragma once
// What a million connections need of the hosts, by the limits of this machine and what a connection costs here.

#include <filesystem>
#include <iosfwd>

namespace tvl::load {

// A table with a row for each limit. `tvl_load` is the program, whose memory is measured.
void print_limits(std::ostream&, const std::filesystem::path& tvl_load);

}  // namespace tvl::load
