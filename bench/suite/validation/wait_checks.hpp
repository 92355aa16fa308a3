#pragma once
// The checks of endpoints that wait for services, for subprocesses, or between the pieces of their reply.

#include "bench/suite/validation/subject.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// One for each rule; none = there are no such rules for this endpoint.
//
// What a service brings is compared where its contents are known, else only its form is looked at.
std::vector<check> check_waits(const std::string& endpoint, examinee&);

}  // namespace tvl::suite
