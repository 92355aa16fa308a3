// Operations without a service, on threads and on a loop.

#include "servers/testing/test_servers.hpp"

#include <atomic>
#include <future>

namespace tvl::waits {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using conformance::client;

const std::string late = text_reply("504 Gateway Timeout", "the executor: took too long");
const std::string full = text_reply("503 Service Unavailable", "the executor: too many are waiting for it");

template <class Server>
class local_waits : public testing::Test {};
using both = testing::Types<blocking_server, awaiting_server>;
TYPED_TEST_SUITE(local_waits, both);

TYPED_TEST(local_waits, last_as_long_as_they_are_told) {
  TypeParam server(local_only());
  client c(server.port());
  for (const std::string wait : {"/delay/30", "/block/30", "/offload/30", "/cpu/30000", "/cpu-offload/30000"}) {
    const auto start = clock::now();
    expect_reply(c, get(wait), text_reply("200 OK", wait.substr(wait.rfind('/') + 1)));
    EXPECT_GE(clock::now() - start, 30ms) << wait;
  }
}

TYPED_TEST(local_waits, offloaded_leave_the_others_alone) {
  TypeParam server(local_only(10, 1));
  client slow(server.port());
  client busy(server.port());
  client quick(server.port());
  EXPECT_TRUE(slow.send(get("/offload/1500")));
  EXPECT_TRUE(busy.send(get("/cpu-offload/1000")));
  expect_reply(quick, get("/plaintext"), hello);
  expect_reply(quick, get("/delay/1"), text_reply("200 OK", "1"));
  EXPECT_FALSE(slow.ended());
  EXPECT_EQ(slow.received(), 0u);  // did not wait for the slow one
  expect_reply(slow, text_reply("200 OK", "1500"));
  expect_reply(busy, text_reply("200 OK", "1000"));
}

TYPED_TEST(local_waits, share_the_threads_of_the_executor) {
  TypeParam server(local_only(10, 3));
  std::vector<std::unique_ptr<client>> clients;
  for (int i = 0; i < 30; ++i)
    EXPECT_TRUE(clients.emplace_back(std::make_unique<client>(server.port()))->send(get("/offload/10")));
  for (const auto& c : clients) expect_reply(*c, text_reply("200 OK", "10"));
}

TYPED_TEST(local_waits, are_refused_when_too_many_wait_for_the_executor) {
  TypeParam server(local_only(10, 1, 1));
  client first(server.port());
  client second(server.port());
  client third(server.port());
  EXPECT_TRUE(first.send(get("/offload/1000")));
  EXPECT_TRUE(second.send(get("/offload/1000")));
  // One of the three is too many, whichever comes last.
  EXPECT_TRUE(third.send(get("/offload/1000")));
  int refused = 0;
  for (auto* c : {&first, &second, &third}) {
    c->receive(text_reply("200 OK", "1000").size());
    const auto reply = c->take();
    if (reply == full)
      ++refused;
    else {
      EXPECT_EQ(reply, text_reply("200 OK", "1000"));
    }
  }
  EXPECT_EQ(refused, 1);
  expect_reply(third, get("/offload/1"), text_reply("200 OK", "1"));
}

// The only thread is busy until 0.9 s. The job behind it, already answered with 504, must not run: it takes 20 s.
TYPED_TEST(local_waits, end_when_the_executor_is_too_late) {
  TypeParam server(local_only(0.3, 1));
  client first(server.port());
  client second(server.port());
  expect_reply(first, get("/plaintext"), hello);
  EXPECT_TRUE(first.send(get("/offload/900")));
  std::this_thread::sleep_for(100ms);  // it has to be the first
  expect_reply(second, get("/offload/20000"), late);
  expect_reply(first, late);
  std::this_thread::sleep_for(900ms);
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(second.send(get("/offload/0")));
    second.receive(text_reply("200 OK", "0").size());
    const auto reply = second.take();
    return reply == text_reply("200 OK", "0");
  }));
}

TYPED_TEST(local_waits, end_with_their_server) {
  std::unique_ptr<client> c;
  {
    TypeParam server(local_only(10, 1));
    c = std::make_unique<client>(server.port());
    EXPECT_TRUE(c->send(get("/offload/300") + get("/delay/200")));
    client other(server.port());
    EXPECT_TRUE(other.send(get("/offload/300")));
    expect_reply(*std::make_unique<client>(server.port()), get("/plaintext"), hello);
  }
  std::this_thread::sleep_for(600ms);  // the jobs end after their requests
}

TEST(offload_pool, has_no_threads_before_its_first_job) {
  const auto threads = [] {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return std::distance(begin(all), end(all));
  };
  // Threads of earlier tests may be ending.
  const auto before = threads();
  offload_pool pool(4, 10);
  EXPECT_LE(threads(), before);
  std::promise<void> done;
  EXPECT_TRUE(pool.run([&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(conformance::patience), std::future_status::ready);
  EXPECT_GE(threads(), 5);
}

TEST(offload_pool, ends_without_the_jobs_that_did_not_begin) {
  const auto held = std::make_shared<int>();
  std::atomic<int> begun = 0;
  {
    offload_pool pool(1, 10);
    std::promise<void> running;
    EXPECT_TRUE(pool.run([&running] {
      running.set_value();
      std::this_thread::sleep_for(50ms);
    }));
    running.get_future().wait();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool.run([held, &begun] { ++begun; }));
  }
  EXPECT_TRUE(eventually([&] { return held.use_count() == 1; }));
  EXPECT_EQ(begun, 0);
}

TEST(offload_pool, is_shared_by_those_who_have_it_at_the_same_time) {
  const auto first = offload_pool::of_process(1, 1);
  EXPECT_EQ(offload_pool::of_process(2, 2), first);
}

}  // namespace
}  // namespace tvl::waits
