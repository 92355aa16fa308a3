#pragma once
// The check of an endpoint whose request and reply are those of the manifest's [endpoints.NAME].

#include "bench/suite/validation/subject.hpp"
#include "clients/load/plan/plan.hpp"

#include <string>

namespace tvl::suite {

http_request request_of(const load::target&);

// Sends the request once. The reply must be what the load generator counts as ok under load.
check check_request(const std::string& endpoint, const load::target&, subject&);

}  // namespace tvl::suite
