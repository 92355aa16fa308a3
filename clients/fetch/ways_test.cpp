#include "clients/fetch/ways.hpp"

#include "clients/fetch/measure.hpp"
#include "servers/drivers/http/hostile_server.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>
#include <string>
#include <vector>

namespace tvl::fetch {
namespace {

using end = download::end;

// Every test, for every way.
class ways_test : public testing::TestWithParam<way> {
 protected:
  static void SetUpTestSuite() { ::setenv("no_proxy", "*", 1); }

  measured run(const std::vector<std::string>& paths) {
    asked.urls.clear();
    for (const auto& path : paths) asked.urls.push_back(server.url(path));
    return measure(GetParam(), asked, stop.get_token(), [this](std::size_t n) { on_ended(n); });
  }
  static std::vector<end> ends(const measured& m) {
    std::vector<end> result;
    for (const auto& d : m.downloads) result.push_back(d.how);
    return result;
  }
  bool is(const char* name) const { return std::string(GetParam().name) == name; }

  test::hostile_server server;
  settings asked{.urls = {}, .in_flight = 3, .timeout = std::chrono::seconds(60)};
  std::stop_source stop;
  std::function<void(std::size_t)> on_ended = [](std::size_t) {};
};

// For the ways with concurrent downloads.
class concurrent_ways_test : public ways_test {};

TEST_P(ways_test, results_are_in_the_order_of_the_urls) {
  std::vector<std::string> paths;
  for (int i = 0; i < 30; ++i) paths.push_back(i % 3 == 0 ? "/large" : "/ok");
  std::vector<std::size_t> progress;
  on_ended = [&](std::size_t n) { progress.push_back(n); };
  const auto m = run(paths);
  EXPECT_EQ(m.ok, 30u);
  EXPECT_EQ(m.failed + m.not_done, 0u);
  EXPECT_EQ(m.bytes, 10u * (1 << 20) + 20u * 5);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(m.downloads[i].bytes, i % 3 == 0 ? 1u << 20 : 5u);
    EXPECT_EQ(m.downloads[i].status, 200);
    EXPECT_GT(m.downloads[i].time.count(), 0);
    EXPECT_EQ(progress[i], i + 1);
  }
}

TEST_P(ways_test, connections_are_reused_and_bounded) {
  EXPECT_EQ(run(std::vector<std::string>(30, "/ok")).ok, 30u);
  EXPECT_LE(server.accepted(), is("serial") ? 1 : 3);
}

TEST_P(ways_test, a_failure_leaves_the_others_alone) {
  const auto m = run({"/ok", "/half", "/none", "/reset", "/garbage", "/ok"});
  EXPECT_EQ(ends(m), (std::vector{end::ok, end::failed, end::failed, end::failed, end::failed, end::ok}));
  EXPECT_EQ(m.failed, 4u);
  EXPECT_EQ(m.downloads[2].error, "HTTP 404");
  EXPECT_EQ(m.downloads[2].status, 404);
  EXPECT_FALSE(m.downloads[4].status.has_value());
  for (const int i : {1, 3, 4}) EXPECT_NE(m.downloads[static_cast<std::size_t>(i)].error, "");
}

TEST_P(ways_test, fail_fast_begins_nothing_more) {
  asked.in_flight = 1;
  asked.fail_fast = true;
  const auto m = run({"/ok", "/none", "/ok", "/ok"});
  EXPECT_EQ(ends(m), (std::vector{end::ok, end::failed, end::none, end::none}));
  EXPECT_EQ(m.not_done, 2u);
}

TEST_P(concurrent_ways_test, fail_fast_cancels_what_is_under_way) {
  asked.fail_fast = true;
  const auto m = run({"/silent", "/silent", "/none", "/ok"});
  EXPECT_EQ(ends(m), (std::vector{end::none, end::none, end::failed, end::none}));
}

TEST_P(ways_test, stops_when_asked_and_keeps_what_was_done) {
  on_ended = [this](std::size_t n) {
    if (n == 2) stop.request_stop();
  };
  const auto m = run({"/ok", "/ok", "/silent", "/silent", "/silent", "/silent"});
  EXPECT_EQ(m.ok, 2u);
  EXPECT_EQ(m.not_done, 4u);
}

TEST_P(ways_test, does_nothing_when_it_was_stopped_before) {
  stop.request_stop();
  EXPECT_EQ(run({"/ok", "/ok"}).not_done, 2u);
  EXPECT_EQ(server.accepted(), 0);
}

TEST_P(ways_test, a_silent_server_is_given_up) {
  asked.timeout = std::chrono::milliseconds(100);
  const auto m = run({"/silent", "/silent"});
  EXPECT_EQ(m.failed, 2u);
  EXPECT_NE(m.downloads[0].error.find("timed out"), std::string::npos) << m.downloads[0].error;
}

TEST_P(ways_test, a_body_may_have_so_many_bytes) {
  asked.max_bytes = 5;
  const auto m = run({"/ok", "/large"});
  EXPECT_EQ(ends(m), (std::vector{end::ok, end::failed}));
  EXPECT_EQ(m.downloads[1].error, "more than 5 bytes");
  asked.max_bytes = 4;
  EXPECT_EQ(run({"/ok"}).failed, 1u);
}

std::string name(const testing::TestParamInfo<way>& tested) { return tested.param.name; }
INSTANTIATE_TEST_SUITE_P(every, ways_test, testing::ValuesIn(ways), name);
INSTANTIATE_TEST_SUITE_P(every, concurrent_ways_test, testing::ValuesIn(ways.begin() + 1, ways.end()), name);

}  // namespace
}  // namespace tvl::fetch
