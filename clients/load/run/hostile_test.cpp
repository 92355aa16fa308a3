// run() against servers that misbehave or die: each failure is counted under its own name, and nothing hangs.

#include "clients/load/run/run.hpp"
#include "clients/load/selftest/invariants.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

namespace tvl::load {
namespace {

struct hostile {
  const char* path;
  std::uint64_t request_counts::*lands_as;
  double timeout_s;
};
void PrintTo(const hostile& h, std::ostream* out) { *out << h.path; }  // else googletest puts its bytes into test names

class LoadHostile : public ::testing::TestWithParam<hostile> {
 protected:
  void expect_landed(const plan& asked) {
    reference_server s;
    plan mine = asked;
    mine.url = s.url(GetParam().path);
    const point p = run(mine);
    expect_conserved(p);
    expect_seen_by(s, p, true);
    EXPECT_GT(p.requests.*GetParam().lands_as, 0u);
    EXPECT_EQ(p.requests.ok + errors(p.requests), p.requests.*GetParam().lands_as);
    std::uint64_t replies = 0;
    for (const auto& [code, n] : p.status_codes.value()) {
      EXPECT_EQ(code, GetParam().lands_as == &request_counts::status_errors ? "500" : "200");
      replies += n;
    }
    EXPECT_EQ(replies, p.requests.ok + p.requests.status_errors);
    if (GetParam().lands_as != &request_counts::ok) {
      EXPECT_FALSE(p.verdict.valid);
    }
  }
  plan base() const {
    plan p;
    p.connections = 8;
    p.warmup_s = 0;
    p.seconds = 0.6;  // on a machine three times oversubscribed, 0.2 s saw no request at all
    p.timeout_s = GetParam().timeout_s;
    return p;
  }
};

TEST_P(LoadHostile, ClosedLoop) { expect_landed(base()); }
TEST_P(LoadHostile, OpenLoop) {
  plan p = base();
  p.rate = 400;
  expect_landed(p);
}
TEST_P(LoadHostile, OneRequestPerConnection) {
  plan p = base();
  p.requests_per_connection = 1;
  expect_landed(p);
}

INSTANTIATE_TEST_SUITE_P(All, LoadHostile,
                         ::testing::Values(hostile{"/500", &request_counts::status_errors, 10},
                                           hostile{"/old", &request_counts::ok, 10},
                                           hostile{"/chunked-with-length", &request_counts::ok, 10},
                                           hostile{"/garbage", &request_counts::protocol_errors, 10},
                                           hostile{"/drip", &request_counts::timeouts, 0.05},
                                           hostile{"/silent", &request_counts::timeouts, 0.05},
                                           hostile{"/endless-header", &request_counts::protocol_errors, 10},
                                           hostile{"/endless-body", &request_counts::timeouts, 0.05},
                                           hostile{"/wrong-length", &request_counts::protocol_errors, 10},
                                           hostile{"/half", &request_counts::protocol_errors, 10},
                                           hostile{"/reset", &request_counts::resets, 10},
                                           hostile{"/unasked", &request_counts::protocol_errors, 10}),
                         [](const auto& test) {
                           std::string name = test.param.path + 1;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

std::string first_error_at(std::string_view path) {
  reference_server s;
  return run(against(s, path)).first_error_text.value_or("none");
}

TEST(LoadAgainstAHostileServer, NamesTheFirstError) {
  EXPECT_EQ(first_error_at("/garbage"), "status line is '\\x16\\x03\\x01 this is not HTTP'");
  EXPECT_EQ(first_error_at("/unasked"), "bytes behind the end of the reply: ', and more'");
  EXPECT_EQ(first_error_at("/wrong-length"), "connection closed after 5 of 100 bytes of the body");
  EXPECT_EQ(first_error_at("/chunked-with-length"), "none");
}

// RFC 9112 6.3: the connection goes on.
TEST(LoadAgainstAHostileServer, KeepsAConnectionWithBothFramings) {
  reference_server s;
  const point p = run(against(s, "/chunked-with-length"));
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_EQ(s.seen().connections, 8u);
}

void expect_survived_kill(plan asked) {
  reference_server s({.child = true});
  asked.url = s.url("/constant/100");
  const auto kill = after_replies(s, 100, [&] { s.signal(SIGKILL); });
  const point p = run(asked);
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_LE(s.seen().requests, p.requests.sent + 8);
  EXPECT_GT(p.connections.failed, 0u);
  EXPECT_EQ(p.requests.timeouts + p.requests.status_errors, 0u);
  EXPECT_GT(p.requests.unsent, 0u);
}

TEST(LoadAgainstADyingServer, KilledHalfWay) {
  plan asked;
  asked.connections = 8;
  asked.warmup_s = 0;
  asked.seconds = 2;  // in which 100 replies have come on a busy machine
  {
    SCOPED_TRACE("closed loop");
    expect_survived_kill(asked);
  }
  asked.requests_per_connection = 1;
  {
    SCOPED_TRACE("one request per connection");
    expect_survived_kill(asked);
  }
  asked.requests_per_connection = 0;
  asked.rate = 1000;
  {
    SCOPED_TRACE("open loop");
    expect_survived_kill(asked);
  }
}

}  // namespace
}  // namespace tvl::load
