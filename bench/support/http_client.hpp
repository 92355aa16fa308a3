#pragma once
// HTTP client on libcurl, independent of the project's HTTP code, so that a bug in one does not hide a bug in the
// other.

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

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

// Reuses its connection between requests if the server allows it.
class http_client {
 public:
  explicit http_client(std::chrono::milliseconds limit);

  reply get(const std::string& url) { return request(url, std::nullopt); }
  reply post(const std::string& url, const std::string& body) { return request(url, body); }

 private:
  reply request(const std::string& url, const std::optional<std::string>& body);

  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
};

// True = the server sent a complete reply of any status.
bool http_answers(const std::string& url, std::chrono::milliseconds limit);

// True = the server closes the connection after replying to a request with `Connection: close`.
bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit);

}  // namespace tvl::suite
