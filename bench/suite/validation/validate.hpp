#pragma once
// Does a server answer rightly? Asked with random parameters before anything is measured: a wrong answer gets
// no number.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tvl::suite {

enum class finding { pass, fail, not_offered, not_checked };

struct check {
  std::string endpoint;  // "delay", "delay overlapping", "cache miss", "keep-alive", "connection: close"
  finding result = finding::pass;
  std::string expected;
  std::string got;  // of one that is not checked: why
};

struct examination {
  std::string base;                               // "http://127.0.0.1:8080"
  std::map<std::string, std::string> offered;     // the manifest's endpoints
  std::vector<std::string> endpoints;             // to be checked
  std::map<std::string, std::string> parameters;  // for placeholders that are not randomised, and fixed paths
  std::uint64_t seed = 1;
  // Services that hold what ours do, and are asked by this server: what they bring is compared.
  std::set<std::string> known = {};
  std::map<std::string, std::string> unaskable = {};  // endpoints that cannot be answered here: why
};

// One result per endpoint and rule, in order; a failing endpoint does not stop the others. The rules of connections are
// looked at once, by one endpoint that takes GET.
std::vector<check> validate(const examination&);

// "delay: expected ..., got ...", of the first failure; empty when there is none.
std::string first_failure(const std::vector<check>&);

}  // namespace tvl::suite
