#pragma once
// The results of `tvl-suite validate`, as text and as JSON.

#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/validation/validate.hpp"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::suite {

struct validation {
  std::string contestant;
  contestant_kind kind = contestant_kind::launch;
  std::string status;  // pass | fail | not installed
  std::string reason;  // why it could not be checked; else empty
  std::vector<check> checks;
};

// One line per check; a failed one has more, of at most 80 columns, and the last line names the contract.
void print(std::ostream&, const validation&, bool colours);

// {schema, contestants: [{contestant, contestant_kind, status, reason, checks: [{check, result, expected, got,
// note}]}]}; result is pass, fail, not offered or not checked (then got has the reason); empty texts are null.
nlohmann::json to_json(const std::vector<validation>&);

}  // namespace tvl::suite
