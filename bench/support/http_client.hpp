#pragma once
// Single requests through libcurl: independent of our own HTTP code, so that an error in one does not hide
// one in the other.

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace tvl::suite {

struct reply {
  long status = 0;
  std::string type;  // Content-Type, empty when there is none
  std::string body;
  bool new_connection = true;
  std::chrono::duration<double, std::milli> took{0};
  std::chrono::duration<double, std::milli> body_took{0};  // from its first byte to its last
  std::string error;                                       // libcurl's, empty when a whole reply came
};

// A connection that is kept between requests, as far as the server keeps it.
class http_client {
 public:
  explicit http_client(std::chrono::milliseconds limit);

  reply get(const std::string& url) { return request(url, std::nullopt); }
  reply post(const std::string& url, const std::string& body) { return request(url, body); }

 private:
  reply request(const std::string& url, const std::optional<std::string>& body);

  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
};

// Something complete came back, whatever it says.
bool http_answers(const std::string& url, std::chrono::milliseconds limit);

// The server ends the connection after a reply to a request with `Connection: close`.
bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit);

}  // namespace tvl::suite
