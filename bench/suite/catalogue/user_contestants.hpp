#pragma once
// Contestants that are not in the catalogue: from a manifest file anywhere, from an inline manifest, or at a URL.

#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/catalogue/contestant_flags.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::suite {

struct asked_contestants {
  std::vector<std::string> names;    // as given
  std::vector<std::string> brought;  // beside these, or beside those that a workload names
};

// Adds the brought ones to the catalogue. A manifest file that is broken costs its contestant only. Throws bad_input
// and bad_file: no such file, a wrong inline manifest or URL, a name that is taken.
asked_contestants bring(catalogue&, const contestant_flags&);

// Is load to leave this machine? Then that is said, and refused with bad_input unless `allowed`.
void check_host(const manifest&, bool allowed, std::ostream& warnings);

}  // namespace tvl::suite
