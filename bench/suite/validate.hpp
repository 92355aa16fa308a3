#pragma once
// Does a server answer rightly? Asked with random parameters before anything is measured: a wrong answer gets
// no number.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

enum class finding { pass, fail, not_offered };

struct check {
  std::string endpoint;  // "delay", "delay overlapping", "keep-alive", "connection: close"
  finding result = finding::pass;
  std::string expected;
  std::string got;
};

struct examination {
  std::string base;                               // "http://127.0.0.1:8080"
  std::map<std::string, std::string> offered;     // the manifest's endpoints
  std::vector<std::string> endpoints;             // to be checked
  std::map<std::string, std::string> parameters;  // for placeholders that are not randomised, and fixed paths
  std::uint64_t seed = 1;
};

// One result per endpoint and rule, in order; a failing endpoint does not stop the others. The rules of connections are
// looked at once, by one endpoint that takes GET.
std::vector<check> validate(const examination&);

// "delay: expected ..., got ...", of the first failure; empty when there is none.
std::string first_failure(const std::vector<check>&);

}  // namespace tvl::suite
