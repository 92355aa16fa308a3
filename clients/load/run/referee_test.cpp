// libcurl as the referee: an independent client sends as many requests to the same server, and both must report the
// same counts and bytes. Latency is compared coarsely, because libcurl costs several times the CPU.

#include "clients/load/run/run.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {
namespace {

// Medians of the two clients may differ by this factor, for libcurl's overhead and a busy machine. A clock that
// includes a request too many or too few would be off by a factor of 2.
constexpr double coarse = 1.8;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

struct exchange {
  CURLcode result = CURLE_OK;
  long status = 0;
  std::uint64_t bytes = 0;  // header and body
  double total_us = 0;
  double service_us = -1;  // reported by the server
};

std::size_t on_header(char* data, std::size_t size, std::size_t n, void* into) {
  const std::string_view line(data, size * n);
  constexpr std::string_view name = "X-Service-Time-Us: ";
  if (line.starts_with(name))
    static_cast<exchange*>(into)->service_us = std::strtod(std::string(line.substr(name.size())).c_str(), nullptr);
  return line.size();
}

std::size_t on_body(char*, std::size_t size, std::size_t n, void*) { return size * n; }

// Sends the requests over easy handles, each of which keeps its connection.
class referee {
 public:
  referee(const std::string& url, std::size_t connections, std::size_t requests) : open_(requests) {
    ::curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections));
    for (std::size_t i = 0; i < std::min(connections, requests); ++i) {
      CURL* easy = easies_.emplace_back(::curl_easy_init());
      ::curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
      ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      ::curl_easy_setopt(easy, CURLOPT_PROXY, "");
      ::curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
      ::curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
    }
  }
  ~referee() {
    for (CURL* easy : easies_) ::curl_easy_cleanup(easy);
    ::curl_multi_cleanup(multi_);
  }
  referee(const referee&) = delete;
  referee& operator=(const referee&) = delete;

  std::vector<exchange> run() {
    for (CURL* easy : easies_) begin(easy);
    for (int running = 1; running > 0;) {
      ::curl_multi_perform(multi_, &running);
      int left = 0;
      while (const CURLMsg* message = ::curl_multi_info_read(multi_, &left)) {
        CURL* easy = message->easy_handle;
        end(easy, message->data.result);
        if (begun_ < open_.size()) running = 1, begin(easy);
      }
      if (running > 0) ::curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    return std::move(open_);
  }

 private:
  void begin(CURL* easy) {
    exchange& e = open_[begun_++];
    ::curl_easy_setopt(easy, CURLOPT_PRIVATE, &e);
    ::curl_easy_setopt(easy, CURLOPT_HEADERDATA, &e);
    ::curl_multi_add_handle(multi_, easy);
  }
  void end(CURL* easy, CURLcode result) {
    exchange* e = nullptr;
    long header = 0;
    curl_off_t body = 0, total = 0;
    ::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &e);
    ::curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &e->status);
    ::curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header);
    ::curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
    ::curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total);
    e->result = result;
    e->bytes = static_cast<std::uint64_t>(header + body);
    e->total_us = static_cast<double>(total);
    ::curl_multi_remove_handle(multi_, easy);
  }

  CURLM* multi_ = ::curl_multi_init();
  std::vector<CURL*> easies_;
  std::vector<exchange> open_;
  std::size_t begun_ = 0;
};

constexpr std::size_t connections = 4, requests = 200;

plan same_for_us(const std::string& url) {
  plan p;
  p.url = url;
  p.connections = connections;
  p.requests = requests;
  p.warmup_s = 0;
  p.seconds = 60;
  return p;
}

double median_us(std::vector<exchange> of) {
  std::ranges::sort(of, {}, &exchange::total_us);
  return of[of.size() / 2].total_us;
}

TEST(Referee, SeesTheSameRepliesBytesAndCoarselyTheSameLatency) {
  reference_server server;
  const std::string url = server.url("/constant/5000");
  const point ours = run(same_for_us(url));
  const auto theirs = referee(url, connections, requests).run();
  server.stop();

  // run() sends one more request on each connection before the load.
  EXPECT_EQ(server.seen().requests, 2 * requests + connections);
  EXPECT_EQ(server.seen().replies, 2 * requests + connections);
  EXPECT_EQ(ours.requests.ok, requests);
  std::uint64_t bytes = 0;
  for (const auto& e : theirs) {
    EXPECT_EQ(e.result, CURLE_OK);
    EXPECT_EQ(e.status, 200);
    EXPECT_GE(e.service_us, 5000);
    EXPECT_GE(e.total_us + 1, e.service_us);  // libcurl cuts off to microseconds
    bytes += e.bytes;
  }
  EXPECT_EQ(ours.requests.bytes_received, bytes);
  EXPECT_GE(ours.latency.response.min().value(), 5'000'000);
  if (sanitized) GTEST_SKIP() << "latency is the sanitizer's";
  const double median = static_cast<double>(ours.latency.response.quantile(0.5).value()) / 1e3;
  EXPECT_LT(median, coarse * median_us(theirs));
  EXPECT_LT(median_us(theirs), coarse * median);
}

TEST(Referee, CountsTheSameErrorsAndBytes) {
  reference_server server;
  const point ours = run(same_for_us(server.url("/500")));
  const auto theirs = referee(server.url("/500"), connections, requests).run();
  std::uint64_t bytes = 0;
  for (const auto& e : theirs) {
    EXPECT_EQ(e.status, 500);
    bytes += e.bytes;
  }
  EXPECT_EQ(ours.requests.status_errors, requests);
  EXPECT_EQ(ours.requests.bytes_received, bytes);
}

TEST(Referee, ReadsRepliesThatEndWithTheConnection) {
  reference_server server;
  const point ours = run(same_for_us(server.url("/old")));
  const auto theirs = referee(server.url("/old"), connections, requests).run();
  std::uint64_t bytes = 0;
  for (const auto& e : theirs) {
    EXPECT_EQ(e.result, CURLE_OK);
    bytes += e.bytes;
  }
  EXPECT_EQ(ours.requests.ok, requests);
  EXPECT_EQ(ours.requests.bytes_received, bytes);
  EXPECT_EQ(ours.connections.failed, 0u);
}

}  // namespace
}  // namespace tvl::load
