#pragma once
// HTTP client on libcurl, independent of the project's HTTP code, so that a bug in one does not hide a bug in the
// other.

#include <curl/curl.h>

#include <chrono>
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

// True = the server sent a complete reply of any status.
bool http_answers(const std::string& url, std::chrono::milliseconds limit);

// True = the server closes the connection after replying to a request with `Connection: close` and these headers.
bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit,
                       const std::vector<std::string>& headers = {});

}  // namespace tvl::suite
