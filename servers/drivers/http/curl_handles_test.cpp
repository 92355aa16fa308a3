#include "servers/drivers/http/curl_handles.hpp"

#include "servers/drivers/http/hostile_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace tvl::waits {
namespace {

using namespace std::chrono_literals;

std::size_t ignore(char*, std::size_t, std::size_t n, void*) { return n; }

// So many requests at the same time, each on a handle of its own, which then has a connection.
void ask_at_once(curl_handles& handles, const test::hostile_server& server, std::size_t requests) {
  std::vector<curl_handles::handle> taken;
  for (std::size_t i = 0; i < requests; ++i) {
    taken.push_back(handles.take());
    ::curl_easy_setopt(taken.back().get(), CURLOPT_URL, server.url("/ok").c_str());
    ::curl_easy_setopt(taken.back().get(), CURLOPT_WRITEFUNCTION, &ignore);
    ::curl_easy_setopt(taken.back().get(), CURLOPT_PROXY, "");
    ASSERT_EQ(::curl_easy_perform(taken.back().get()), CURLE_OK);
  }
}

// The server sees a close later than the client makes it.
bool becomes(const test::hostile_server& server, int open) {
  for (int i = 0; i < 6000 && server.open() != open; ++i) std::this_thread::sleep_for(10ms);
  return server.open() == open;
}

TEST(curl_handles, connections_of_a_peak_are_closed_when_others_come_back) {
  test::hostile_server server;
  curl_handles handles(1024, 1ms);
  ask_at_once(handles, server, 5);
  EXPECT_EQ(server.accepted(), 5);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(2ms);
    ask_at_once(handles, server, 1);
  }
  EXPECT_TRUE(becomes(server, 1));
  EXPECT_EQ(server.accepted(), 5) << "the handle used last is used again";
}

TEST(curl_handles, a_connection_that_is_used_stays) {
  test::hostile_server server;
  curl_handles handles(1024, 1h);
  for (int i = 0; i < 3; ++i) ask_at_once(handles, server, 3);
  EXPECT_EQ(server.accepted(), 3);
}

TEST(curl_handles, no_more_are_kept_than_asked_for) {
  test::hostile_server server;
  curl_handles handles(2, 1h);
  ask_at_once(handles, server, 5);
  EXPECT_TRUE(becomes(server, 2));
}

}  // namespace
}  // namespace tvl::waits
