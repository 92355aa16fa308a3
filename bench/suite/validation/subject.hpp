#pragma once
// A server under examination: how its endpoints are asked, and how to say what came of it.

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
// A wait may be late on a busy machine, but not that late.
inline constexpr double late_limit_ms = 2000;

using values = std::map<std::string, std::string>;  // of placeholders

class examinee {
 public:
  explicit examinee(const examination& e) : facts(e), random(e.seed), client_(request_limit) {}

  // `chosen` wins over the workload's parameters.
  std::string url(const std::string& endpoint, const values& chosen = {}) const;
  reply get(const std::string& endpoint, const values& chosen = {}) { return client_.get(url(endpoint, chosen)); }
  reply post(const std::string& endpoint, const std::string& body) { return client_.post(url(endpoint), body); }

  // Does its path have a place for this?
  bool open(const std::string& endpoint, const std::string& key) const;
  // What the workload says; none = nothing.
  std::optional<std::string> given(const std::string& key) const;
  // A random value where the path has a place for it, else the workload's own.
  long choose(const std::string& endpoint, const std::string& key, long low, long high);

  const examination& facts;
  std::mt19937_64 random;

 private:
  http_client client_;
};

// A whole reply with this status.
bool came(const reply&, long status = 200);
// The object that such a reply brought as JSON; null = it did not.
nlohmann::json object_of(const reply&);

// For a terminal and for JSON, whatever bytes the server sent.
std::string shown(std::string text);
// What came, as far as it is of interest.
std::string shown(const reply&);

check verdict(std::string name, bool right, std::string expected, std::string got);
// Of a reply that is right, as far as time is concerned.
check in_time(std::string name, const reply&, double least_ms, double most_ms);

}  // namespace tvl::suite
