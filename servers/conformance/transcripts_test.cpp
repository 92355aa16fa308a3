// Every transcript in every delivery against one process, then its counters.
//
// The counters must equal what the clients saw: counterparts that pass have done the same work.

#include "servers/conformance/transcripts.hpp"

#include "servers/conformance/expected_counters.hpp"
#include "servers/conformance/suites.hpp"
#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <memory>
#include <thread>

namespace tvl::conformance {
namespace {

constexpr std::size_t all_at_once = std::size_t(-1);
constexpr std::size_t short_enough = 2000;  // bytes, to be sent byte by byte

// How the bytes of a transcript's steps are split.
struct delivery {
  std::size_t piece = all_at_once;     // bytes per segment at most
  std::size_t split_at = all_at_once;  // offset into all steps' bytes: a pause there
  bool half_closed = false;            // the client shuts down its side after the last byte
};

struct shared_server {
  explicit shared_server(const contestant& c) : server(c.path, c.flags) { server.wait_until_ready(); }
  program server;
  expected_counters seen;
};
using server_slot = std::shared_ptr<std::unique_ptr<shared_server>>;

shared_server& running(const contestant& c, const server_slot& slot) {
  if (!*slot) *slot = std::make_unique<shared_server>(c);
  return **slot;
}

void send_split(client& c, std::string_view bytes, std::size_t at) {
  EXPECT_TRUE(c.send(bytes.substr(0, at)));
  // Time to read the first piece alone. Too short, the test gets weaker, not wrong.
  std::this_thread::sleep_for(std::chrono::microseconds(200));
  EXPECT_TRUE(c.send(bytes.substr(at)));
}

void play_step(client& c, const step& s, const delivery& how, std::size_t offset, bool finish) {
  if (how.split_at > offset && how.split_at < offset + s.send.size())
    send_split(c, s.send, how.split_at - offset);
  else {
    EXPECT_TRUE(c.send(s.send, how.piece));
  }
  if (finish) c.finish_sending();
  c.receive(s.expect.size());
}

void play(const transcript& t, const delivery& how, shared_server& s) {
  client c(s.server.port());
  if (t.slow_reader) c.be_slow();
  const bool half_closed = t.half_closed || how.half_closed;
  std::size_t offset = 0;
  for (const auto& step : t.steps) {
    play_step(c, step, how, offset, half_closed && &step == &t.steps.back());
    const auto output = c.take();
    ASSERT_TRUE(output == step.expect) << output.size() << " bytes instead:\n" << output.substr(0, 400);
    s.seen.add_replies(step.expect, t.end == ending::refused && &step == &t.steps.back());
    offset += step.send.size();
  }
  if (t.end == ending::open && !half_closed) {
    EXPECT_TRUE(c.send(probe().send));
    c.receive(probe().expect.size());
    EXPECT_EQ(c.take(), probe().expect);
    s.seen.add_replies(probe().expect);
  } else {
    EXPECT_TRUE(c.receive_to_end()) << "the connection stayed open, or was reset";
    EXPECT_EQ(c.take(), "");
  }
  EXPECT_TRUE(c.delivered());
  s.seen.add_connection(c.sent(), c.received());
}

void compare_counters(shared_server& s) {
  s.server.terminate();
  const auto end = s.server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.errors, "");
  EXPECT_EQ(nlohmann::json::parse(end.output), s.seen.to_json());
}

void play_every_split(const transcript& t, shared_server& s) {
  for (std::size_t at = 1; at < t.size(); ++at) {
    SCOPED_TRACE("split at " + std::to_string(at));
    play(t, {.split_at = at}, s);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace

void register_transcripts(const contestant& c) {
  const auto slot = std::make_shared<std::unique_ptr<shared_server>>();
  const std::string suite = "conformance/" + c.name;
  const auto add = [&](const transcript& t, const char* name, const delivery& how) {
    register_body(suite, t.name + "/" + name, [=, &t] { play(t, how, running(c, slot)); });
  };
  for (const auto& t : transcripts()) {
    add(t, "whole", {});
    if (!t.half_closed) add(t, "half_closed", {.half_closed = true});
    if (t.in_pieces && t.size() < short_enough) add(t, "byte_by_byte", {.piece = 1});
    if (t.every_split)
      register_body(suite, t.name + "/split_everywhere", [=, &t] { play_every_split(t, running(c, slot)); });
  }
  register_body(suite, "counters", [=] {
    compare_counters(running(c, slot));
    slot->reset();
  });
}

}  // namespace tvl::conformance
