#pragma once
// HTTP client on libcurl, independent of the project's HTTP code, so that a bug in one does not hide a bug in the
// other.

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct reply {
  long status = 0;
  std::string type;  // Content-Type; empty = none
  std::string body;
  bool new_connection = true;
  std::chrono::duration<double, std::milli> took{0};
  std::chrono::duration<double, std::milli> body_took{0};  // from its first byte to its last
  std::string error;                                       // libcurl's message; empty = whole reply received
};

struct http_request {
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value", instead of generated ones of that name
  std::optional<std::string> body;
};

// A URL is http://HOST:PORT/PATH or unix:/SOCKET:/PATH.
//
// Reuses its connection between requests if the server allows it.
class http_client {
 public:
  // `headers` are those of get() and post().
  explicit http_client(std::chrono::milliseconds limit, std::vector<std::string> headers = {});

  reply get(const std::string& url) { return send(url, {"GET", headers_, std::nullopt}); }
  reply post(const std::string& url, const std::string& body) { return send(url, {"POST", headers_, body}); }
  reply send(const std::string& url, const http_request&);

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::vector<std::string> headers_;
};

// What comes back on a connection of its own, whatever protocol it is.
struct raw_reply {
  bool connected = false;
  std::string bytes;
  bool closed = false;  // by the server, after these bytes
  bool reset = false;   // likewise, with an error
};

// A GET with `Connection: close`. Returns when the server closes the connection, after `limit`, or when more than
// `most` bytes are there.
raw_reply ask_raw(const std::string& url, std::chrono::milliseconds limit, std::size_t most,
                  const std::vector<std::string>& headers = {});

// Whether the server makes a TLS connection, or refuses to with a TLS alert. Its certificate may be any.
bool speaks_tls(const std::string& url, std::chrono::milliseconds limit);

// True = the server closes the connection after replying to a request with `Connection: close` and these headers.
bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit,
                       const std::vector<std::string>& headers = {});

}  // namespace tvl::suite
