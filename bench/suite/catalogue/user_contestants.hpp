#pragma once
// User-supplied contestants: by a manifest file outside the catalogue, an inline manifest, or a URL.

#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/catalogue/contestant_flags.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::suite {

struct named_contestants {
  std::vector<std::string> known;  // names of the catalogue, as given; not checked
  std::vector<std::string> user;   // now in the catalogue
};

// Adds user-supplied contestants to the catalogue; an unreadable file becomes a broken manifest. Throws bad_input and
// bad_file: no such file, a wrong inline manifest or URL, a duplicate name.
named_contestants add_user_contestants(catalogue&, const contestant_flags&);

// Rejects a host outside 127.0.0.0/8 and ::1 with bad_input unless `allowed`; otherwise prints a warning.
void check_host(const manifest&, bool allowed, std::ostream& warnings);

}  // namespace tvl::suite
