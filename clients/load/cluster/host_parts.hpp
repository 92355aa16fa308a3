#pragma once
// What each host did for a point, and whether the point holds for all of that. A host that is late, held back, or whose
// clock is not known makes it invalid: the others cannot make up for it. So does such a probe.

#include "clients/load/point/point.hpp"

#include <string>
#include <vector>

namespace tvl::load {

// A window whose begin differs by more between two hosts is not one window.
inline constexpr double most_start_skew_s = 0.01;

// Fills point::hosts and adds to its verdict. `over` are the words of tvl-load-rank behind "over": how far the clock
// was ahead, its drift, the uncertainty (nanoseconds), throttled periods or -1.
void add_hosts(const std::vector<point>& parts, const std::vector<std::string>& names,
               const std::vector<std::string>& over, point& whole);

// Fills point::probe from the probe's own point, and adds to the verdict what is wrong with it.
void add_probe(const point& own, const std::string& host, const std::string& over, point& whole);

}  // namespace tvl::load
