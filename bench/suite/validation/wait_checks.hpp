#pragma once
// Checks of endpoints that wait for services, subprocesses, or timers within their reply.

#include "bench/suite/validation/subject.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// One result per rule; empty = no rules for this endpoint. Data from a service is compared if the service's contents
// are known, else only its form is checked.
std::vector<check> check_waits(const std::string& endpoint, subject&);

}  // namespace tvl::suite
