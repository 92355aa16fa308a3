#include "bench/support/http_client.hpp"

#include "clients/load/protocol/url.hpp"

#include <poll.h>

#include <algorithm>
#include <new>
#include <string_view>
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

using header_list = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

// As libcurl wants them: "Name;" has an empty value, and "Name:" would remove a generated one.
header_list list_of(const std::vector<std::string>& headers) {
  header_list list(nullptr, &curl_slist_free_all);
  bool has_type = false;
  const auto add = [&](const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list.release();
    list.reset(longer);
  };
  for (const auto& header : headers) {
    const auto colon = header.find(':');
    const bool is_empty = header.find_first_not_of(" \t", colon + 1) == header.npos;
    add(is_empty ? header.substr(0, colon) + ";" : header);
    has_type |= curl_strnequal(header.c_str(), "Content-Type:", 13) != 0;
  }
  if (!has_type) add("Content-Type:");  // a form's type, which the load generator does not send either
  return list;
}

// curl has a socket's path as an option, not in the URL.
void set_url(CURL* curl, const std::string& url, const std::string& scheme = "http") {
  const bool by_path = load::is_unix_socket(url);
  const auto begin = url.find(':') + 1, end = std::min(url.find(':', begin), url.size());
  const std::string socket = by_path ? url.substr(begin, end - begin) : "";
  curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, by_path ? socket.c_str() : nullptr);
  const auto rest = by_path ? "://localhost" + url.substr(std::min(end + 1, url.size())) : url.substr(begin - 1);
  curl_easy_setopt(curl, CURLOPT_URL, (scheme + rest).c_str());
}

}  // namespace

http_client::http_client(std::chrono::milliseconds limit, std::vector<std::string> headers)
    : curl_(new_handle(limit)), headers_(std::move(headers)) {
  curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &append);
}

reply http_client::send(const std::string& url, const http_request& request) {
  reply r;
  received came;
  CURL* curl = curl_.get();
  const auto headers = list_of(request.headers);
  set_url(curl, url);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &came);
  curl_easy_setopt(curl, CURLOPT_NOBODY, 0L);
  if (request.body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (request.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  const auto begin = clock::now();
  const CURLcode code = curl_easy_perform(curl);
  r.took = clock::now() - begin;
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
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

namespace {

std::string request_to_close(const std::string& url, const std::vector<std::string>& headers) {
  std::string bytes = "GET " + load::parse_url(url, true).target + " HTTP/1.1\r\nConnection: close\r\n";
  const auto is_host = [](const std::string& header) { return curl_strnequal(header.c_str(), "Host:", 5) != 0; };
  if (std::ranges::none_of(headers, is_host)) bytes += "Host: 127.0.0.1\r\n";
  for (const auto& header : headers) {
    if (curl_strnequal(header.c_str(), "Connection:", 11) == 0) bytes += header + "\r\n";
  }
  return bytes + "\r\n";
}

}  // namespace

// CURLOPT_CONNECT_ONLY gives access to the raw stream and its end.
raw_reply ask_raw(const std::string& url, std::chrono::milliseconds limit, std::size_t most,
                  const std::vector<std::string>& headers) {
  raw_reply r;
  const auto curl = new_handle(limit);
  set_url(curl.get(), url);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  if (curl_easy_perform(curl.get()) != CURLE_OK) return r;
  r.connected = true;
  const auto bytes = request_to_close(url, headers);
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

bool speaks_tls(const std::string& url, std::chrono::milliseconds limit) {
  char said[CURL_ERROR_SIZE] = "";
  const auto curl = new_handle(limit);
  set_url(curl.get(), url, "https");
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, said);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_SSL_CONNECT_ERROR) return code == CURLE_OK;
  // What is no TLS has this code, too: another protocol's bytes, and a connection that is closed without any.
  const std::string_view why(said);
  return why.find("alert") != why.npos || why.find("unrecognized name") != why.npos;
}

bool closes_when_asked(const std::string& url, std::chrono::milliseconds limit,
                       const std::vector<std::string>& headers) {
  const auto r = ask_raw(url, limit, std::string::npos, headers);
  return r.closed && !r.bytes.empty();
}

}  // namespace tvl::suite
