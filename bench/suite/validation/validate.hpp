#pragma once
// Checks a server's answers with random parameters, before it is measured.

#include "clients/load/plan/plan.hpp"

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
  std::string got;        // not_checked: the reason
  std::string note = "";  // fail: where the reply first differs; not_offered: what follows; pass: a hint
};

// The check of kept connections. A server without them is not wrong: its finding is not_offered.
inline constexpr char keep_alive[] = "keep-alive";

struct validation_spec {
  std::string base;                               // "http://127.0.0.1:8080"
  std::map<std::string, std::string> offered;     // the manifest's endpoints
  std::vector<std::string> endpoints;             // to be checked
  std::map<std::string, std::string> parameters;  // for placeholders that are not randomised, and fixed paths
  std::uint64_t seed = 1;
  // Services of this server whose contents are known: replies are compared with them.
  std::set<std::string> known = {};
  std::map<std::string, std::string> unavailable = {};  // endpoint -> why it cannot be checked here
  std::vector<std::string> headers = {};                // of every request, "Name: value"
  std::map<std::string, load::target> requests = {};    // of endpoints that are checked as the manifest says
};

// One result per endpoint and rule, in order; a failure does not stop the others. The rules for connections are checked
// once, with an endpoint that takes GET.
std::vector<check> validate(const validation_spec&);

// "delay: expected ..., got ..., NOTE"; empty = no failure.
std::string first_failure(const std::vector<check>&);

// Whether the server was found to close each connection after one reply.
bool lacks_keep_alive(const std::vector<check>&);

}  // namespace tvl::suite
