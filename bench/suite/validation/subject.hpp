#pragma once
// The server under validation: requests to its endpoints, and check results from its replies.

#include "bench/suite/validation/validate.hpp"
#include "bench/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>

namespace tvl::suite {

inline constexpr std::chrono::seconds request_limit{10};
// How late a reply may be on a busy machine.
inline constexpr double late_limit_ms = 2000;

using values = std::map<std::string, std::string>;  // of placeholders

class subject {
 public:
  explicit subject(const validation_spec& s) : spec(s), random(s.seed), client_(request_limit, s.headers) {}

  // `chosen` overrides the spec's parameters.
  std::string url(const std::string& endpoint, const values& chosen = {}) const;
  reply get(const std::string& endpoint, const values& chosen = {}) { return client_.get(url(endpoint, chosen)); }
  reply post(const std::string& endpoint, const std::string& body) { return client_.post(url(endpoint), body); }

  reply send(const std::string& endpoint, const http_request& request) { return client_.send(url(endpoint), request); }

  // Before another connection is opened: a server may serve one connection at a time.
  void disconnect() { client_ = http_client(request_limit, spec.headers); }

  // Whether the endpoint's path has this placeholder.
  bool has_placeholder(const std::string& endpoint, const std::string& key) const;
  // The spec's parameter; none = not given.
  std::optional<std::string> given(const std::string& key) const;
  // A random value if the path has the placeholder, else the spec's parameter.
  long choose(const std::string& endpoint, const std::string& key, long low, long high);

  const validation_spec& spec;
  std::mt19937_64 random;

 private:
  http_client client_;
};

// Whether the reply is complete and has this status.
bool succeeded(const reply&, long status = 200);
// Whether it has this media type; parameters such as charset do not matter, nor does case.
bool has_type(const reply&, const std::string& type);
// The JSON object of such a reply; null = not an object.
nlohmann::json object_of(const reply&);

// Printable, and shortened.
std::string shown(std::string text);
// Status, type and body, or the error.
std::string shown(const reply&);

// Where two bodies first differ: "first difference at byte 12 (from 0): '!' expected, '?' found"; empty = equal.
std::string difference(const std::string& expected, const std::string& found);

check verdict(std::string name, bool right, std::string expected, std::string got);
// Checks status 200, the body, and the type unless it is empty.
check same_body(std::string name, const reply&, const std::string& body, std::string expected,
                const std::string& type = "");
// Checks the response time of a reply.
check in_time(std::string name, const reply&, double least_ms, double most_ms);

}  // namespace tvl::suite
