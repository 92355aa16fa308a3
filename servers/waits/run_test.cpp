// Subprocesses, on threads and on a loop. Every test checks that they are cleaned up.

#include "servers/drivers/process/subprocess.hpp"
#include "servers/testing/test_servers.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>

namespace tvl::waits {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using conformance::client;

const std::string greeting = text_reply("200 OK", "hello from a subprocess\n");
std::string slept(int ms) { return text_reply("200 OK", "slept " + std::to_string(ms) + " ms\n"); }

// Running, or not yet reaped.
bool has_children() {
  siginfo_t any{};
  return ::waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) == 0;
}

template <class Server>
class run : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_FALSE(has_children());
    EXPECT_EQ(open_descriptors(), descriptors_);
  }

 private:
  const std::size_t descriptors_ = open_descriptors();
};
using both = testing::Types<blocking_server, awaiting_server>;
TYPED_TEST_SUITE(run, both);

TYPED_TEST(run, replies_with_the_output) {
  TypeParam server(local_only());
  client c(server.port());
  for (int i = 0; i < 5; ++i) expect_reply(c, get("/run"), greeting);
  expect_reply(c, get("/run?command=echo") + get("/run"), greeting + greeting);
}

TYPED_TEST(run, takes_as_long_as_the_command) {
  TypeParam server(local_only());
  client c(server.port());
  const auto start = clock::now();
  expect_reply(c, get("/run?command=sleep&ms=1050"), slept(1050));
  EXPECT_GE(clock::now() - start, 1050ms);
}

TYPED_TEST(run, tells_how_a_command_failed) {
  TypeParam server(local_only());
  client c(server.port());
  expect_reply(c, get("/run?command=fail"), text_reply("502 Bad Gateway", "the command: ended with status 1"));
  expect_reply(c, get("/run"), greeting);
}

TYPED_TEST(run, bounds_the_output) {
  TypeParam server(local_only());
  client c(server.port());
  expect_reply(c, get("/run?command=flood"), text_reply("502 Bad Gateway", "the command: too much output"));
  expect_reply(c, get("/run"), greeting);
}

TYPED_TEST(run, bounds_the_time) {
  TypeParam server(local_only(0.2));
  client c(server.port());
  const std::string late = text_reply("504 Gateway Timeout", "the command: took too long");
  expect_reply(c, get("/run?command=sleep&ms=60000"), late);
  EXPECT_FALSE(has_children());
  expect_reply(c, get("/run?command=sleep&ms=1"), slept(1));
}

TYPED_TEST(run, ends_when_the_client_has_gone) {
  TypeParam server(local_only(60));
  const std::string ahead = get("/run?command=sleep&ms=59000") + get("/plaintext");
  for (const std::string& request : {get("/run?command=sleep&ms=59000"), ahead}) {
    for (void (client::*leave)() : {&client::hang_up, &client::reset, &client::finish_sending}) {
      client c(server.port());
      EXPECT_TRUE(c.send(request));
      EXPECT_TRUE(eventually(has_children));
      (c.*leave)();
      EXPECT_TRUE(eventually([] { return !has_children(); })) << request;
      EXPECT_TRUE(eventually([&] { return server.connections().none(); }));
    }
  }
}

TYPED_TEST(run, goes_on_in_a_drain) {
  TypeParam server(local_only());
  client c(server.port());
  EXPECT_TRUE(c.send(get("/run?command=sleep&ms=700")));
  EXPECT_TRUE(eventually(has_children));
  server.connections().drain();
  expect_reply(c, slept(700));
  EXPECT_TRUE(c.receive_to_end());
}

TYPED_TEST(run, runs_many_at_once) {
  TypeParam server(local_only());
  std::vector<std::unique_ptr<client>> clients;
  for (int i = 0; i < 64; ++i) {
    auto& c = clients.emplace_back(std::make_unique<client>(server.port()));
    EXPECT_TRUE(c->send(get(i % 2 ? "/run" : "/run?command=sleep&ms=50")));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) expect_reply(*clients[i], i % 2 ? greeting : slept(50));
}

// Each round allows one more descriptor, and unused ones are closed.
TYPED_TEST(run, is_refused_without_descriptors) {
  TypeParam server(local_only());
  client c(server.port());
  expect_reply(c, get("/run"), greeting);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int lowest_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(lowest_free);
  int refused = 0;
  for (int room = 0; room < 4; ++room) {
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free + room);
    ::setrlimit(RLIMIT_NOFILE, &tight);
    EXPECT_TRUE(c.send(get("/run")));
    c.receive(greeting.size());
    const auto reply = c.take();
    ::setrlimit(RLIMIT_NOFILE, &before);
    if (reply == greeting) break;
    EXPECT_EQ(reply, text_reply("503 Service Unavailable", "the command: Too many open files")) << room;
    EXPECT_FALSE(has_children());
    ++refused;
  }
  EXPECT_GE(refused, 2);
  expect_reply(c, get("/run"), greeting);
}

TEST(run_on_a_loop, is_killed_with_the_loop) {
  const auto descriptors = open_descriptors();
  std::vector<std::unique_ptr<client>> clients;
  {
    awaiting_server server(local_only(60));
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(
          clients.emplace_back(std::make_unique<client>(server.port()))->send(get("/run?command=sleep&ms=59000")));
    EXPECT_TRUE(eventually(has_children));
  }
  EXPECT_FALSE(has_children());
  clients.clear();
  EXPECT_EQ(open_descriptors(), descriptors);
}

// A command inherits neither descriptors nor environment nor signal mask.
TEST(subprocess, hands_nothing_on) {
  const int leaky = ::dup(STDIN_FILENO);  // without close-on-exec
  handler::plan p;
  p.kind = handler::plan::operation::run;
  p.text = std::make_unique<const std::string>("sleep");
  p.time = std::chrono::seconds(50);
  subprocess job(p, clock::now() + 1min);
  ASSERT_TRUE(job.running());
  std::string child;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    children >> child;
  }
  if (child.empty()) GTEST_SKIP() << "this kernel does not list children";
  const std::filesystem::path self = "/proc/" + child;
  while (read_symlink(self / "exe") == std::filesystem::read_symlink("/proc/self/exe"))  // until exec()
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (const auto& open : std::filesystem::directory_iterator(self / "fd"))
    EXPECT_LE(std::stoi(open.path().filename()), STDERR_FILENO);
  std::string environment;
  std::getline(std::ifstream(self / "environ"), environment);
  EXPECT_EQ(environment, "");
  EXPECT_EQ(::getpgid(std::stoi(child)), std::stoi(child));
  ::close(leaky);
}

}  // namespace
}  // namespace tvl::waits
