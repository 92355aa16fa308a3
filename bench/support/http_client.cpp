#include "bench/support/http_client.hpp"

#include "clients/load/protocol/url.hpp"

#include <poll.h>

#include <algorithm>
#include <new>
#include <utility>

namespace tvl::suite {
namespace {

using clock = std::chrono::steady_clock;

struct received {
  std::string body;
  clock::time_point first, last;
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  auto& so_far = *static_cast<received*>(into);
  so_far.last = clock::now();
  if (so_far.body.empty()) so_far.first = so_far.last;
  so_far.body.append(data, size * count);
  return size * count;
}

std::unique_ptr<CURL, void (*)(CURL*)> new_handle(std::chrono::milliseconds limit) {
  std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) throw std::bad_alloc();
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  return curl;
}

// curl has a socket's path as an option, not in the URL.
void set_url(CURL* curl, const std::string& url) {
  const bool by_path = load::is_unix_socket(url);
  const auto begin = url.find(':') + 1, end = std::min(url.find(':', begin), url.size());
  const std::string socket = by_path ? url.substr(begin, end - begin) : "";
  curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, by_path ? socket.c_str() : nullptr);
  curl_easy_setopt(curl, CURLOPT_URL,
                   (by_path ? "http://localhost" + url.substr(std::min(end + 1, url.size())) : url).c_str());
}

}  // namespace

http_client::http_client(std::chrono::milliseconds limit) : curl_(new_handle(limit)) {
  curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &append);
}

reply http_client::request(const std::string& url, const std::optional<std::string>& body) {
  reply r;
  received came;
  CURL* curl = curl_.get();
  set_url(curl, url);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &came);
  if (body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data());
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  const auto begin = clock::now();
  const CURLcode code = curl_easy_perform(curl);
  r.took = clock::now() - begin;
  r.body = std::move(came.body);
  r.body_took = came.last - came.first;
  if (code != CURLE_OK) r.error = curl_easy_strerror(code);
  const char* type = nullptr;
  long connects = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &r.status);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
  r.type = type != nullptr ? type : "";
  r.new_connection = connects != 0;
  return r;
}

bool http_answers(const std::string& url, std::chrono::milliseconds limit) {
  return http_client(limit).get(url).error.empty();
}

// CURLOPT_CONNECT_ONLY gives access to the raw stream and its end.
bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit) {
  const auto curl = new_handle(limit);
  set_url(curl.get(), url);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  if (curl_easy_perform(curl.get()) != CURLE_OK) return false;
  const std::string path = load::parse_url(url, true).target;
  const std::string bytes = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  std::size_t done = 0;
  if (curl_easy_send(curl.get(), bytes.data(), bytes.size(), &done) != CURLE_OK || done != bytes.size()) return false;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(curl.get(), CURLINFO_ACTIVESOCKET, &socket);
  std::size_t received = 0;
  for (const auto deadline = clock::now() + limit; clock::now() < deadline;) {
    char buffer[4096];
    const CURLcode code = curl_easy_recv(curl.get(), buffer, sizeof buffer, &done);
    if (code == CURLE_OK && done == 0) return received > 0;
    if (code == CURLE_OK) received += done;
    if (code != CURLE_OK && code != CURLE_AGAIN) return false;
    pollfd fd{socket, POLLIN, 0};
    if (code == CURLE_AGAIN) poll(&fd, 1, 50);
  }
  return false;
}

}  // namespace tvl::suite
