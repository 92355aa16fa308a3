#pragma once
// Whether a server answers, and what it does instead.

#include "bench/support/http_client.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tvl::suite {

struct readiness {
  bool ready = false;  // a whole reply came
  long status = 0;     // of that reply
  bool connected = false;
  std::string instead;   // of a reply: "it speaks TLS, ..."; empty = it is ready, or there is no connection
  bool lasting = false;  // it does not speak HTTP/1.x: waiting does not help

  // A gateway whose back end does not run yet.
  bool says_not_yet() const { return status == 502 || status == 503 || status == 504; }
};

// Asks once, and if there is no reply a second time for what comes instead. Most TLS servers close the connection then
// without a byte, or wait for more, so a third time asks for TLS. Takes at most three times the limit.
readiness ask(const std::string& url, std::chrono::milliseconds limit);

// What came instead of an HTTP/1.x reply, or where that reply ends too early.
readiness read_raw(const raw_reply&);

// For a port of 127.0.0.1 that refuses connections (0 = unknown): where else these processes listen. "it listens on
// [::1]:80 only"; empty = unknown.
std::string where_they_listen(const std::vector<load::process>&, int port);

}  // namespace tvl::suite
