#include "servers/drivers/http/curl_multi.hpp"

#include "servers/drivers/http/hostile_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::hostile_server;
using clock = std::chrono::steady_clock;
constexpr auto soon = 50ms;    // for events during something else
constexpr auto at_last = 60s;  // for what must not hang

std::size_t collect(char* data, std::size_t, std::size_t n, void* body) {
  static_cast<std::string*>(body)->append(data, n);
  return n;
}

// A GET with its result.
struct get {
  explicit get(const std::string& url) : easy(::curl_easy_init(), &::curl_easy_cleanup) {
    ::curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &collect);
    ::curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
    ::curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    aim(url);
  }
  void aim(const std::string& url) {
    ::curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
    body.clear();
    code.reset();
  }

  std::unique_ptr<CURL, void (*)(CURL*)> easy;
  std::string body;
  std::optional<CURLcode> code;  // none = not ended
};

runtime::task perform(curl_multi& multi, get& g, clock::duration within = at_last) {
  g.code = co_await multi.perform(g.easy.get(), clock::now() + within);
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

// A loop, a multi handle, and transfers on them.
class curl_multi_test : public testing::Test {
 protected:
  void start(runtime::task t) { asio::co_spawn(*context, std::move(t), asio::detached); }
  void start(get& g, clock::duration within = at_last) { start(perform(*multi, g, within)); }
  // Until every transfer has ended; kept connections may still be watched.
  void run_until(auto&& done) {
    const auto give_up = clock::now() + 2 * at_last;
    while (!done() && clock::now() < give_up) {
      if (context->stopped()) {  // out of work: let another thread run
        context->restart();
        std::this_thread::sleep_for(1ms);
      }
      context->run_one_for(1s);
    }
    ASSERT_TRUE(done());
  }
  CURLcode run(get& g, clock::duration within = at_last) {
    start(g, within);
    run_until([&] { return g.code.has_value(); });
    return g.code.value_or(CURL_LAST);
  }
  void run_for(clock::duration time) {
    context->restart();
    context->run_for(time);
  }

  hostile_server server;
  std::unique_ptr<asio::io_context> context =
      std::make_unique<asio::io_context>(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);  // as in asio_loop
  std::unique_ptr<curl_multi> multi = std::make_unique<curl_multi>(*context);
};

TEST_F(curl_multi_test, fetches_and_keeps_the_connection) {
  get g(server.url("/ok"));
  for (int i = 0; i < 5; ++i) {
    g.aim(server.url("/ok"));
    EXPECT_EQ(run(g), CURLE_OK);
    EXPECT_EQ(g.body, "hello");
  }
  get other(server.url("/large"));
  EXPECT_EQ(run(other), CURLE_OK);
  EXPECT_EQ(other.body, std::string(1 << 20, 'x'));
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(curl_multi_test, fetches_many_at_once_over_as_few_connections_as_allowed) {
  multi = std::make_unique<curl_multi>(*context, curl_multi_options{.connections = 4, .kept = 4});
  std::vector<std::unique_ptr<get>> gets;
  for (int i = 0; i < 100; ++i) start(*gets.emplace_back(std::make_unique<get>(server.url("/ok"))));
  run_until([&] { return std::ranges::all_of(gets, [](const auto& g) { return g->code.has_value(); }); });
  for (const auto& g : gets) {
    EXPECT_EQ(g->code, CURLE_OK);
    EXPECT_EQ(g->body, "hello");
  }
  EXPECT_LE(server.accepted(), 4);
}

TEST_F(curl_multi_test, resolves_names) {
  get g("http://localhost:" + std::to_string(server.port()) + "/ok");
  ::curl_easy_setopt(g.easy.get(), CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
  EXPECT_EQ(run(g), CURLE_OK);
}

TEST_F(curl_multi_test, says_what_went_wrong) {
  get g(server.url("/half"));
  EXPECT_EQ(run(g), CURLE_PARTIAL_FILE);
  g.aim(server.url("/reset"));
  EXPECT_EQ(run(g), CURLE_RECV_ERROR);
  g.aim(server.url("/garbage"));
  EXPECT_EQ(run(g), CURLE_UNSUPPORTED_PROTOCOL);
  g.aim("http://127.0.0.1:1/");
  EXPECT_EQ(run(g), CURLE_COULDNT_CONNECT);
  g.aim("nonsense://127.0.0.1/");
  EXPECT_EQ(run(g), CURLE_UNSUPPORTED_PROTOCOL);
  g.aim(server.url("/ok"));
  EXPECT_EQ(run(g), CURLE_OK);
}

TEST_F(curl_multi_test, does_not_start_a_handle_that_is_in_use) {
  get g(server.url("/silent"));
  start(g);
  run_for(soon);
  EXPECT_FALSE(g.code.has_value());
  std::optional<CURLcode> second;
  start([](curl_multi& m, CURL* easy, std::optional<CURLcode>& code) -> runtime::task {
    code = co_await m.perform(easy);
  }(*multi, g.easy.get(), second));
  run_until([&] { return second.has_value(); });
  EXPECT_EQ(second, CURLE_FAILED_INIT);
  EXPECT_FALSE(g.code.has_value());
}

TEST_F(curl_multi_test, connects_anew_where_the_peer_closed_an_idle_connection) {
  get g(server.url("/once"));
  for (int i = 1; i <= 3; ++i) {
    g.aim(server.url("/once"));
    EXPECT_EQ(run(g), CURLE_OK);
    EXPECT_EQ(server.accepted(), i);
    run_for(soon);  // the FIN arrives
  }
}

TEST_F(curl_multi_test, a_deadline_ends_a_silent_transfer_and_its_connection) {
  get g(server.url("/silent"));
  EXPECT_EQ(run(g, soon), CURLE_OPERATION_TIMEDOUT);
  run_until([&] { return server.open() == 0; });
  g.aim(server.url("/ok"));
  EXPECT_EQ(run(g), CURLE_OK);
}

TEST_F(curl_multi_test, a_deadline_counts_the_wait_for_a_connection) {
  multi = std::make_unique<curl_multi>(*context, curl_multi_options{.connections = 1});
  get first(server.url("/silent"));
  start(first);
  run_for(soon);
  get second(server.url("/ok"));
  EXPECT_EQ(run(second, soon), CURLE_OPERATION_TIMEDOUT);
  EXPECT_FALSE(first.code.has_value());
}

TEST_F(curl_multi_test, a_cancelled_transfer_lets_go_of_handle_and_connection) {
  get g(server.url("/silent"));
  asio::cancellation_signal signal;
  asio::co_spawn(*context, perform(*multi, g), asio::bind_cancellation_slot(signal.slot(), asio::detached));
  run_for(soon);
  EXPECT_FALSE(g.code.has_value());
  signal.emit(asio::cancellation_type::terminal);
  run_until([&] { return g.code.has_value(); });
  EXPECT_EQ(g.code, CURLE_ABORTED_BY_CALLBACK);
  run_until([&] { return server.open() == 0; });
  g.aim(server.url("/ok"));
  EXPECT_EQ(run(g), CURLE_OK);
}

TEST_F(curl_multi_test, goes_on_where_a_paused_transfer_is_continued) {
  struct paused : get {
    using get::get;
    static std::size_t take(char* data, std::size_t, std::size_t n, void* p) {
      auto& self = *static_cast<paused*>(p);
      self.hold = !self.hold;
      if (!self.hold) self.body.append(data, n);
      if (self.hold) ++self.pauses;
      return self.hold ? CURL_WRITEFUNC_PAUSE : n;
    }
    bool hold = false;
    int pauses = 0;
  } g(server.url("/large"));
  ::curl_easy_setopt(g.easy.get(), CURLOPT_WRITEDATA, &g);
  ::curl_easy_setopt(g.easy.get(), CURLOPT_WRITEFUNCTION, &paused::take);
  start(g);
  int seen = 0;
  run_until([&] {
    if (!g.code && g.pauses > seen) {
      seen = g.pauses;
      ::curl_easy_pause(g.easy.get(), CURLPAUSE_CONT);
    }
    return g.code.has_value();
  });
  EXPECT_EQ(g.code, CURLE_OK);
  EXPECT_EQ(g.body.size(), 1u << 20);
  EXPECT_GT(g.pauses, 1);
}

TEST_F(curl_multi_test, may_go_while_transfers_are_under_way) {
  get waiting(server.url("/silent")), fetched(server.url("/ok"));
  start(waiting);
  EXPECT_EQ(run(fetched), CURLE_OK);  // leaves an idle connection
  multi.reset();
  run_until([&] { return waiting.code.has_value(); });
  EXPECT_EQ(waiting.code, CURLE_ABORTED_BY_CALLBACK);
  run_until([&] { return server.open() == 0; });
  run_for(at_last);
  EXPECT_TRUE(context->stopped());  // out of work
}

TEST_F(curl_multi_test, coroutines_may_go_after_it) {
  get waiting(server.url("/silent"));
  start(waiting);
  run_for(soon);
  multi.reset();
  context.reset();
  EXPECT_FALSE(waiting.code.has_value());
}

TEST_F(curl_multi_test, leaves_no_descriptor_behind) {
  const auto before = open_descriptors();
  {
    hostile_server other;
    for (const auto* path : {"/ok", "/half", "/reset", "/garbage", "/once", "/large"}) {
      get g(other.url(path));
      run(g);
    }
    get waiting(other.url("/silent"));
    EXPECT_EQ(run(waiting, soon), CURLE_OPERATION_TIMEDOUT);
    multi = std::make_unique<curl_multi>(*context);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(curl_multis, serve_a_loop_each) {
  hostile_server server;
  const auto loop = [&] {
    asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
    auto multi = std::make_unique<curl_multi>(context);
    std::vector<std::unique_ptr<get>> gets;
    for (int i = 0; i < 20; ++i) {
      gets.push_back(std::make_unique<get>(server.url("/ok")));
      asio::co_spawn(context, perform(*multi, *gets.back()), asio::detached);
    }
    const auto ended = [](const auto& g) { return g->code.has_value(); };
    while (!std::ranges::all_of(gets, ended) && context.run_one_for(at_last)) {
    }
    for (const auto& g : gets) EXPECT_EQ(g->code, CURLE_OK);
  };
  std::jthread one(loop), two(loop);
}

}  // namespace
}  // namespace tvl::waits::awaiting
