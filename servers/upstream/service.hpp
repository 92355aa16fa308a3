#pragma once
// Answers of the stand-in, without I/O or clock:
//
//   GET  /                           {"tls_port":N,"ca":"PATH"}: where introspection is, and its CA
//   GET  /info                       the same
//   GET  /api?ms=20&bytes=N          a small JSON document, or N bytes, after 20 ms, else after a random latency
//   POST /introspect                 token=...: OAuth token introspection (RFC 7662), over TLS only, with the HTTP
//   Basic
//                                    credentials of oauth_credentials.hpp. Tokens that begin with "good" are active.
//   GET  /objects/NAME               an object, see objects.hpp; Content-Length and ETag
//   GET  /status/N                   an error with the status N, from 400 to 599
//   any  /MODE/...                   a hostility, see answer.hpp; a NAME or a token called MODE has the same effect
//
// ms (0 to 60000) delays any of these. HEAD is allowed where GET is. Otherwise 400, 401, 403, 404, 405.

#include "servers/upstream/answer.hpp"
#include "servers/upstream/latency.hpp"
#include "servers/upstream/request.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tvl::upstream {

// Since the start.
struct counters {
  std::uint64_t accepted = 0;    // connections to either port
  std::uint64_t tls_failed = 0;  // of these, failed handshakes
  std::uint64_t requests = 0;    // complete ones, and those refused before
  std::uint64_t api = 0;         // requests by kind of answer
  std::uint64_t introspections = 0;
  std::uint64_t objects = 0;
  std::uint64_t hostile = 0;
  std::uint64_t refused = 0;   // 4xx and 5xx
  std::uint64_t bytes_in = 0;  // of HTTP, not of TLS
  std::uint64_t bytes_out = 0;
};

class service {
 public:
  // `info` is the reply to GET /.
  service(const latency& l, std::string info) : latency_(l), info_(std::move(info)) {}

  // For a request that is complete().
  answer respond(const request&, bool encrypted);

  upstream::counters counters;

 private:
  answer route(const request&, bool encrypted);
  answer find(std::string_view path, std::string_view query);
  answer api(std::string_view query);
  answer introspect(const request&, bool encrypted);
  answer object(std::string_view name);

  latency latency_;
  std::string info_;
};

}  // namespace tvl::upstream
