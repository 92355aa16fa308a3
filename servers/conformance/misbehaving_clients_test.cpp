// Resource use with misbehaving clients: limits hold, and everything is released.

#include "servers/conformance/server_run.hpp"
#include "servers/conformance/suites.hpp"
#include "servers/conformance/usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace tvl::conformance {
namespace {

using namespace std::chrono_literals;

const std::string too_many_reply =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    "Content-Length: 19\r\n\r\nService Unavailable";

void hang_up_all(server_run& l) {
  for (auto& one : l.clients) one.hang_up();
}

void expect_no_more_than(server_run& l, const usage& before) {
  EXPECT_TRUE(eventually([&] { return usage_of(l.server.pid()).within(before); }))
      << usage_of(l.server.pid()) << " and not " << before;
}

// Resources of a server that has served before.
usage rested(server_run& l) {
  l.connect().hang_up();
  return settled_usage_of(l.server.pid());
}

// A peer that vanishes without a FIN just stays silent.
void idle_timeout(const contestant& c) {
  server_run l(c, {"--idle-timeout", "1", "--timeout", "60"});
  const auto before = rested(l);
  auto& waits = l.connect();
  auto& begun = l.connect();
  auto& takes_nothing = l.connect();
  auto& served = l.connect();
  auto& silent = l.clients.emplace_back(l.server.port());
  EXPECT_TRUE(waits.send(get("/delay/2500")));
  EXPECT_TRUE(begun.send("GET /js"));
  EXPECT_TRUE(takes_nothing.send(get("/bytes/50000000")));
  EXPECT_TRUE(served.receive_to_end());
  EXPECT_TRUE(silent.receive_to_end());
  EXPECT_TRUE(eventually([&] { return usage_of(l.server.pid()).descriptors <= before.descriptors + 2; }));
  takes_nothing.receive_to_end();
  EXPECT_LT(takes_nothing.received(), 50'000'000u);
  l.answer(waits, number_reply(2500));
  l.ask(begun, "on HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"
        R"({"message":"Hello, World!"})");
  waits.hang_up();
  begun.hang_up();
  l.terminate();
  const auto counters = l.counters();
  EXPECT_EQ(counters.value("ended_idle", 0), 3);
  EXPECT_EQ(counters.value("timed_out", -1), 0);
  EXPECT_EQ(counters.value("accepted", 0), 6);
}

void too_many_connections(const contestant& c) {
  constexpr int most = 4, tried = 40;
  server_run l(c, {"--max-connections", std::to_string(most)});
  const auto before = rested(l);
  std::deque<client*> served;
  int refused = 0;
  const auto try_one = [&] {
    auto& one = l.clients.emplace_back(l.server.port());
    one.send(get("/delay/0"));
    one.receive(1);
    const bool welcome = one.take().starts_with("HTTP/1.1 200 OK\r\n");
    welcome ? served.push_back(&one) : static_cast<void>(++refused);
    return welcome;
  };
  for (int i = 0; i < tried; ++i) try_one();
  const auto processes = std::max<std::size_t>(1, children_of(l.server.pid()).size());
  EXPECT_GE(served.size(), std::size_t{most});
  EXPECT_LE(served.size(), most * processes);
  auto& last = l.clients.emplace_back(l.server.port());
  EXPECT_TRUE(last.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n" + std::string(99'999, 'x')));
  if (processes == 1) {  // else another process may have had fewer
    ++refused;
    EXPECT_TRUE(last.receive_to_end()) << "was reset";
    EXPECT_EQ(last.take(), too_many_reply);
  }
  for (auto* one : served) l.ask(*one, probe().send, probe().expect);
  hang_up_all(l);
  EXPECT_TRUE(eventually(try_one));
  hang_up_all(l);
  expect_no_more_than(l, before);
  l.server.terminate();
  const auto counters = l.counters();
  if (processes == 1) {
    EXPECT_EQ(counters.value("refused", 0), refused);
  }
  EXPECT_EQ(counters.value("accepted", 0u) + counters.value("refused", 0u), l.clients.size());
}

// In clock ticks, including children.
long cpu_time(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  const std::vector<std::string> words(std::istream_iterator<std::string>(file), {});
  long sum = words.size() > 14 ? std::stol(words[13]) + std::stol(words[14]) : 0;
  for (const pid_t child : children_of(process)) sum += cpu_time(child);
  return sum;
}

// Leaves each process a few free descriptors.
void limit_descriptors(pid_t process) {
  const auto few = static_cast<rlim_t>(usage_of(process).descriptors) + 4;
  const auto children = children_of(process);
  const rlimit limit{few, few};
  if (children.empty()) {
    EXPECT_EQ(::prlimit(process, RLIMIT_NOFILE, &limit, nullptr), 0);
  }
  for (const pid_t child : children) limit_descriptors(child);
}

// Connections wait while none can be accepted, none is lost, and the server does not spin.
void descriptors_run_out(const contestant& c) {
  // UBSan opens a pipe to inspect an object's type and reports an error when it cannot.
  if (frees_late) GTEST_SKIP() << "the sanitizer itself needs descriptors";
  server_run l(c);
  // A thread in accept() already has a descriptor, which /proc does not show.
  const auto connections = 40 + rested(l).threads;
  limit_descriptors(l.server.pid());
  std::deque<client*> unserved;
  for (int i = 0; i < connections; ++i) {
    unserved.push_back(&l.clients.emplace_back(l.server.port()));
    EXPECT_TRUE(unserved.back()->send(probe().send));
  }
  const auto hang_up_served = [&] {
    std::erase_if(unserved, [](client* one) {
      const bool served = one->arrived() == probe().expect.size();
      if (served) one->hang_up();
      return served;
    });
    return unserved.empty();
  };
  const auto anybody_served = [&] {
    return std::any_of(unserved.begin(), unserved.end(), [](client* one) { return one->arrived() > 0; });
  };
  EXPECT_TRUE(eventually(anybody_served));
  const auto before = cpu_time(l.server.pid());
  std::this_thread::sleep_for(500ms);
  EXPECT_LT(cpu_time(l.server.pid()) - before, ::sysconf(_SC_CLK_TCK) / 4) << "spins";
  EXPECT_GT(std::count_if(unserved.begin(), unserved.end(), [](client* one) { return one->arrived() == 0; }), 0);
  EXPECT_TRUE(eventually(hang_up_served)) << unserved.size() << " are not served";
  l.server.terminate();
  const auto end = l.server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_NE(end.errors.find(": cannot accept a connection: Too many open files: "), std::string::npos) << end.errors;
  EXPECT_LE(std::count(end.errors.begin(), end.errors.end(), '\n'), 8) << "says it again and again: " << end.errors;
  const auto counters = nlohmann::json::parse(end.output, nullptr, false);
  EXPECT_EQ(counters.value("accepted", 0), connections + 1);
  EXPECT_EQ(counters.value("replies", 0), connections + 1);
}

// Small requests for large replies that are not read.
void floods(const contestant& c) {
  server_run l(c);
  const auto before = rested(l);
  std::string some, many;
  while (some.size() < 500'000) some += get("/bytes/1000000");
  while (many.size() < 50'000'000) many += some;  // more than two socket buffers
  const auto resident = resident_kib(l.server.pid());
  EXPECT_LT(l.connect().offer(many), many.size());
  l.connect();
  if (!frees_late) {
    EXPECT_LT(resident_kib(l.server.pid()) - resident, 20'000);
  }
  for (auto& one : l.clients) one.reset();
  expect_no_more_than(l, before);
  l.server.terminate();
  l.counters();
}

// As many as there can be threads.
void silent_clients(const contestant& c) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  server_run l(c);
  const auto before = rested(l);
  std::vector<long> growth;
  for (int round = 0; round < 4; ++round) {
    const auto resident = resident_kib(l.server.pid());
    for (int i = 0; i < 1000; ++i) l.clients.emplace_back(l.server.port());
    hang_up_all(l);
    l.connect().hang_up();
    expect_no_more_than(l, before);
    growth.push_back(resident_kib(l.server.pid()) - resident);
  }
  // A leak makes every round grow, not just one of them.
  if (!frees_late && !keeps_history) {
    EXPECT_LT(*std::min_element(growth.begin(), growth.end()), 1000);
  }
  constexpr int last = 100;
  for (int i = 0; i < last; ++i) l.clients.emplace_back(l.server.port());
  EXPECT_TRUE(eventually([&] { return usage_of(l.server.pid()).descriptors >= before.descriptors + last; }));
  l.server.terminate();
  for (auto silent = l.clients.end() - last; silent != l.clients.end(); ++silent) EXPECT_TRUE(silent->receive_to_end());
  l.counters();
}

void resets_at_every_step(const contestant& c) {
  server_run l(c, {"--timeout", "60"});
  const auto before = rested(l);
  const auto first = get("/json");
  const auto bytes = first +
                     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
                     get("/delay/5") + "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
                     get("/bytes/3000000") + get("/delay/1");
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    client one(l.server.port());
    EXPECT_TRUE(one.send(bytes.substr(0, size)));
    if (size % 4 == 1 && size >= first.size()) one.receive(1);
    size % 2 ? one.reset() : one.hang_up();
  }
  l.connect().hang_up();
  expect_no_more_than(l, before);
  l.server.terminate();
  const auto counters = l.counters();
  EXPECT_EQ(counters.value("timed_out", -1), 0);
  EXPECT_EQ(counters.value("error_replies", -1), 0);
}

}  // namespace

void register_misbehaving_clients(const contestant& c) {
  const auto add = [&](const char* name, void (*body)(const contestant&)) {
    register_body("misbehaving_clients/" + c.name, name, [=] { body(c); });
  };
  add("idle_timeout", idle_timeout);
  add("too_many_connections", too_many_connections);
  add("descriptors_run_out", descriptors_run_out);
  add("floods", floods);
  add("silent_clients", silent_clients);
  add("resets_at_every_step", resets_at_every_step);
}

}  // namespace tvl::conformance
