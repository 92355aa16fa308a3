// Life cycle of a server program: start, deadlines, resets, drain.

#include "servers/conformance/server_run.hpp"
#include "servers/conformance/suites.hpp"
#include "servers/conformance/usage.hpp"

#include <algorithm>
#include <system_error>
#include <thread>

namespace tvl::conformance {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

const std::string timed_out_reply =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    "Content-Length: 15\r\n\r\nRequest Timeout";

const std::string refused_reply =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    "Content-Length: 11\r\n\r\nBad Request";

void expect_usage_error(const result& end) {
  EXPECT_EQ(end.code, 2);
  EXPECT_EQ(end.output, "");
  EXPECT_EQ(std::count(end.errors.begin(), end.errors.end(), '\n'), 1) << end.errors;
  EXPECT_EQ(end.errors.find('\n'), end.errors.size() - 1) << end.errors;
}

void bad_flags(const contestant& c) {
  const std::vector<std::vector<std::string>> lines{
      {"--nonsense"},
      {"extra"},
      {"--port"},
      {"--port", "70000"},
      {"--port", "x"},
      {"--timeout", "-1"},
      {"--timeout", "x"},
      {"--address", "x"},
      {"--address", "203.0.113.1"},
      {"--idle-timeout", "-1"},
      {"--max-connections", "x"},
  };
  for (const auto& flags : lines) {
    SCOPED_TRACE(testing::PrintToString(flags));
    expect_usage_error(program(c.path, c.with(flags)).wait());
  }
}

void help(const contestant& c) {
  const auto end = program(c.path, c.with({"--help"})).wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_NE(end.output.find("--port"), std::string::npos) << end.output;
  EXPECT_EQ(end.errors, "");
}

void port_in_use(const contestant& c) {
  server_run l(c);
  expect_usage_error(program(c.path, c.with({"--port", std::to_string(l.server.port())})).wait());
  l.connect();
}

void drain(const contestant& c) {
  server_run l(c);
  auto& idle = l.connect();
  auto& begun = l.connect();
  EXPECT_TRUE(begun.send("GET /plain"));
  std::vector<client*> busy;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(busy.emplace_back(&l.connect())->send(get("/delay/2000") + get("/delay/1")));
  l.terminate();
  EXPECT_TRUE(idle.receive_to_end());
  EXPECT_TRUE(begun.receive_to_end());
  EXPECT_EQ(begun.take(), "");
  EXPECT_THROW(client(l.server.port()), std::system_error);
  for (auto* b : busy) EXPECT_FALSE(b->ended()) << "idle connections had to wait for busy ones";
  for (auto* b : busy) {
    const auto before = b->received();
    l.answer(*b, number_reply(2000) + number_reply(1));
    EXPECT_TRUE(b->receive_to_end());
    l.seen.bytes_out += b->received() - before;
  }
  EXPECT_EQ(l.counters(), l.seen.to_json());
}

void drain_has_an_end(const contestant& c) {
  server_run l(c);
  EXPECT_TRUE(l.connect().send(get("/delay/60000")));
  const auto start = clock::now();
  l.terminate();
  const auto counters = l.counters();
  const auto took = clock::now() - start;
  EXPECT_GE(took, 5s);
  EXPECT_LT(took, 30s);
  // Including the work of the abandoned connection.
  EXPECT_EQ(counters.value("accepted", 0), 1);
}

void late_clients(const contestant& c) {
  server_run l(c, {"--timeout", "1"});
  auto& header = l.connect();
  auto& body = l.connect();
  auto& drips = l.connect();
  auto& stays = l.connect();
  EXPECT_TRUE(header.send("GET /json HT"));
  EXPECT_TRUE(body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell"));
  EXPECT_TRUE(drips.send("GET /"));
  EXPECT_TRUE(stays.send("nonsense\r\n\r\n"));
  for (const auto until = clock::now() + 1500ms; clock::now() < until; std::this_thread::sleep_for(20ms))
    drips.send("x");
  for (auto* late : {&header, &body}) {
    l.answer(*late, timed_out_reply, 1);
    EXPECT_TRUE(late->receive_to_end());
  }
  l.answer(drips, timed_out_reply, 1);
  EXPECT_TRUE(eventually([&] { return !drips.send("x"); })) << "still takes a request that is too late";
  l.answer(stays, refused_reply, 1);
  EXPECT_TRUE(eventually([&] { return !stays.send("x"); })) << "waits for ever for the client to hang up";
  l.terminate();
  l.seen.timed_out = 4;
  auto counters = l.counters();
  counters["bytes_in"] = l.seen.bytes_in;  // unknown: how many of the late bytes were read
  EXPECT_EQ(counters, l.seen.to_json());
}

// Clients that only look late: one is silent between requests, one waits for the server, one pipelines without pause.
void clients_in_time(const contestant& c) {
  server_run l(c, {"--timeout", "2"});
  auto& idle = l.connect();
  auto& waits = l.connect();
  auto& pipelines = l.connect();
  EXPECT_TRUE(waits.send("GET /del"));
  EXPECT_TRUE(pipelines.send("GE"));
  std::this_thread::sleep_for(50ms);  // so that each request begins before it is complete
  EXPECT_TRUE(waits.send("ay/3500 HTTP/1.1\r\nHost: a\r\n\r\nGET /delay/0"));
  std::string replies;
  for (const auto until = clock::now() + 3s; clock::now() < until; std::this_thread::sleep_for(20ms)) {
    EXPECT_TRUE(pipelines.send(get("/plaintext").substr(2) + "GE"));
    replies += "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
  }
  l.answer(pipelines, replies);
  l.ask(waits, " HTTP/1.1\r\nHost: a\r\n\r\n", number_reply(3500) + number_reply(0));
  l.ask(idle, probe().send, probe().expect);
  l.terminate();
  EXPECT_EQ(l.counters(), l.seen.to_json());
}

// All is known but bytes_out: part of a reply may be written before the reset.
void vanishing_clients(const contestant& c) {
  server_run l(c);
  for (int i = 0; i < 10; ++i) {
    auto& in_request = l.connect();
    EXPECT_TRUE(in_request.send("GET /json HTTP/1.1\r\nHo"));
    in_request.reset();
    auto& in_body = l.connect();
    EXPECT_TRUE(in_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhell"));
    in_body.reset();
    auto& in_reply = l.connect();
    EXPECT_TRUE(in_reply.send(get("/bytes/50000000")));
    EXPECT_TRUE(in_reply.receive(100'000));
    in_reply.reset();
    auto& in_delay = l.connect();
    EXPECT_TRUE(in_delay.send(get("/delay/50")));
    in_delay.reset();
    auto& left_in_delay = l.connect();
    EXPECT_TRUE(left_in_delay.send(get("/delay/50")));
    left_in_delay.hang_up();
    l.seen.requests += 3;
    l.seen.replies += 3;
  }
  l.connect();
  l.terminate();
  auto counters = l.counters();
  EXPECT_GE(counters.value("bytes_out", 0u), l.seen.bytes_out);
  counters["bytes_out"] = l.seen.bytes_out;
  EXPECT_EQ(counters, l.seen.to_json());
}

void overlapping_delays(const contestant& c) {
  server_run l(c);
  for (int i = 0; i < 32; ++i) l.connect();
  const auto start = clock::now();
  for (auto& one : l.clients) EXPECT_TRUE(one.send(get("/delay/500") + get("/json")));
  for (auto& one : l.clients) {
    one.receive(number_reply(500).size() + 98);
    const auto output = one.take();
    EXPECT_TRUE(output.starts_with(number_reply(500))) << output;
    l.seen.add_replies(output);
  }
  const auto took = clock::now() - start;
  EXPECT_GE(took, 500ms);
  EXPECT_LT(took, 12s) << "32 delays of 0.5 s one after the other";
  l.terminate();
  EXPECT_EQ(l.counters(), l.seen.to_json());
}

}  // namespace

void register_lifecycle(const contestant& c) {
  const auto add = [&](const char* name, void (*body)(const contestant&)) {
    register_body("lifecycle/" + c.name, name, [=] { body(c); });
  };
  add("help", help);
  add("bad_flags", bad_flags);
  add("port_in_use", port_in_use);
  add("overlapping_delays", overlapping_delays);
  add("vanishing_clients", vanishing_clients);
  add("late_clients", late_clients);
  add("clients_in_time", clients_in_time);
  add("drain", drain);
  add("drain_has_an_end", drain_has_an_end);
}

}  // namespace tvl::conformance
