#pragma once
// --endpoint NAME: the workloads' load on another endpoint than their own.

#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/catalogue/contestant_flags.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// The NAME without a path among the --endpoint flags; NAME=/PATH describes the server at --url instead. Throws
// bad_input for two.
std::optional<std::string> asked_endpoint(const contestant_flags&);

// Puts every workload on this endpoint. One that is about another endpoint loses its ceilings, expectations and claims,
// and the parameters that the endpoint does not have. Throws bad_file for an endpoint that no contestant has, and when
// a workload of `named` cannot be put on it: a room, or one whose chart needs such a parameter. If none is named, these
// are removed from the catalogue.
void set_endpoint(catalogue&, const std::string& endpoint, const std::vector<std::string>& named);

}  // namespace tvl::suite
