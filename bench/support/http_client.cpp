#include "bench/support/http_client.hpp"

#include <poll.h>

#include <new>
#include <string_view>
#include <utility>

namespace tvl::suite {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view unix_scheme = "unix:";

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

// Where the path begins in unix:/SOCKET:/PATH; its size if there is none.
std::size_t path_begin(const std::string& url) {
  const auto colon = url.find(":/", unix_scheme.size());
  return colon == url.npos ? url.size() : colon + 1;
}

// The path of either kind of URL, at least "/".
std::string path_of(const std::string& url) {
  const auto begin = url.starts_with(unix_scheme) ? path_begin(url) : url.find('/', url.find("://") + 3);
  return begin < url.size() ? url.substr(begin) : "/";
}

void set_url(CURL* curl, const std::string& url) {
  if (!url.starts_with(unix_scheme)) {
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    return;
  }
  const auto begin = path_begin(url);
  const auto end = begin == url.size() ? begin : begin - 1;
  const auto socket = url.substr(unix_scheme.size(), end - unix_scheme.size());
  curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, ("http://localhost" + path_of(url)).c_str());
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

// CURLOPT_CONNECT_ONLY gives access to the raw stream and its end.
raw_reply ask_raw(const std::string& url, std::chrono::milliseconds limit, std::size_t most) {
  raw_reply r;
  const auto curl = new_handle(limit);
  set_url(curl.get(), url);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  if (curl_easy_perform(curl.get()) != CURLE_OK) return r;
  r.connected = true;
  const std::string bytes = "GET " + path_of(url) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  std::size_t done = 0;
  const bool sent = curl_easy_send(curl.get(), bytes.data(), bytes.size(), &done) == CURLE_OK && done == bytes.size();
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(curl.get(), CURLINFO_ACTIVESOCKET, &socket);
  for (const auto deadline = clock::now() + limit; sent && clock::now() < deadline && r.bytes.size() <= most;) {
    char buffer[4096];
    const CURLcode code = curl_easy_recv(curl.get(), buffer, sizeof buffer, &done);
    r.closed = code == CURLE_OK && done == 0;
    r.reset = code != CURLE_OK && code != CURLE_AGAIN;
    if (r.closed || r.reset) break;
    if (code == CURLE_OK) r.bytes.append(buffer, done);
    pollfd fd{socket, POLLIN, 0};
    if (code == CURLE_AGAIN) poll(&fd, 1, 50);
  }
  return r;
}

bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit) {
  const auto r = ask_raw(url, limit, std::string::npos);
  return r.closed && !r.bytes.empty();
}

}  // namespace tvl::suite
