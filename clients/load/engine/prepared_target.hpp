#pragma once
// A target prepared before the run: the bytes of its request, and the expected reply.

#include "clients/load/plan/plan.hpp"
#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/url.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

struct prepared_target {
  std::string request;
  double cumulated = 1;  // sum of the weights up to this target, as a fraction of all
  reply_reader::expectation expected;
  std::optional<int> status;  // none = any 2xx
  bool repeatable = false;    // its method is idempotent: RFC 9110 9.2.2

  bool is_expected(const reply& r) const {
    return (status ? r.status == *status : r.status >= 200 && r.status < 300) && r.body_as_expected;
  }
};

// A target's own header fields replace those that are made: Host, Authorization, Content-Length. Throws bad_plan: no
// target, a weight that is not positive, a header without a colon or with a control character, one of these given
// twice, an invalid method, white space or a control character in a path, an invalid regular expression.
std::vector<prepared_target> prepare(const std::vector<target>&, const url&);

// Parses "99:/plaintext,1:/block/100" into targets that otherwise equal `form`. Throws bad_plan.
std::vector<target> parse_mix(const std::string& text, const target& form);

}  // namespace tvl::load
