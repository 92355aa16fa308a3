#pragma once
// A target made ready before the run: its request as bytes, and what its reply has to be.

#include "clients/load/plan/plan.hpp"
#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/url.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

struct prepared_target {
  std::string request;
  double cumulated = 1;  // weight of this one and those before it, as a share of all
  reply_reader::expectation expected;
  std::optional<int> status;  // none = any 2xx

  bool is_expected(const reply& r) const {
    return (status ? r.status == *status : r.status >= 200 && r.status < 300) && r.body_as_expected;
  }
};

// Throws bad_plan: no target, weights that are not positive, a header line without a colon or with a line break in it.
std::vector<prepared_target> prepare(const std::vector<target>&, const url&);

// "99:/plaintext,1:/block/100" as targets that are otherwise like `form`. Throws bad_plan.
std::vector<target> parse_mix(const std::string& text, const target& form);

}  // namespace tvl::load
