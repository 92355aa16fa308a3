#include "bench/suite/validation/request_check.hpp"

#include "clients/load/protocol/body_pattern.hpp"

#include <string_view>

namespace tvl::suite {
namespace {

std::string expected_of(const load::target& t) {
  std::string text = t.expect_status ? std::to_string(*t.expect_status) : "2xx";
  if (t.expect_body) text += " and " + shown(*t.expect_body);
  if (t.expect_body_matches) text += " and a body with the pattern " + shown(*t.expect_body_matches);
  return text;
}

bool is_expected(const reply& r, const load::target& t) {
  const bool right_status = t.expect_status ? r.status == *t.expect_status : r.status >= 200 && r.status < 300;
  if (!r.error.empty() || !right_status) return false;
  if (t.expect_body && r.body != *t.expect_body) return false;
  return !t.expect_body_matches || load::body_pattern(*t.expect_body_matches)
                                       .matches(std::string_view(r.body).substr(0, load::body_pattern::most_bytes));
}

}  // namespace

http_request request_of(const load::target& t) {
  http_request request{t.method, t.headers, std::nullopt};
  if (!t.body.empty() || t.method == "POST" || t.method == "PUT") request.body = t.body;
  return request;
}

check check_request(const std::string& endpoint, const load::target& t, subject& x) {
  const auto r = x.send(endpoint, request_of(t));
  return verdict(endpoint, is_expected(r, t), expected_of(t), shown(r));
}

}  // namespace tvl::suite
