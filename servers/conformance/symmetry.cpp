#include "servers/conformance/symmetry.hpp"

#include "servers/conformance/websocket_transcripts.hpp"
#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>

namespace tvl::conformance {
namespace {

using random_source = std::minstd_rand;  // the same numbers everywhere, unlike std's distributions

unsigned below(random_source& random, unsigned limit) { return static_cast<unsigned>(random() >> 8) % limit; }

std::string request(const std::string& line, const std::string& fields = "", const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& target, const std::string& fields = "") { return request("GET " + target, fields); }
std::string post(const std::string& target, const std::string& body) {
  return request("POST " + target, "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}
const std::string hang_up = "Connection: close\r\n";

// Answered on a connection that stays open.
std::string any_request(random_source& random) {
  const auto number = [&](unsigned limit) { return std::to_string(below(random, limit)); };
  switch (below(random, 12)) {
    case 0:
      return get("/json");
    case 1:
      return get("/bytes/" + number(5000));
    case 2:
      return post("/echo", std::string(below(random, 3000), 'e'));
    case 3:
      return request("POST /upload", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
    case 4:
      return get("/delay/" + number(5));
    case 5:
      return get("/block/" + number(2));
    case 6:
      return get("/cpu/" + number(50));
    case 7:
      return get("/none/" + number(9));
    case 8:
      return request("DELETE /json");
    case 9:
      return get("/delay/x");
    default:
      return get("/plaintext");
  }
}

// Whether `text` begins with a whole reply (not to HEAD).
bool has_reply(const std::string& text) {
  static const std::string field = "Content-Length: ";
  const auto end = text.find("\r\n\r\n");
  const auto length = text.find(field);
  return end != text.npos && length < end && text.size() >= end + 4 + std::stoul(text.substr(length + field.size()));
}

class script {
 public:
  explicit script(unsigned short port) : port_(port) {}

  // Accepted at an unknown time, but before later clients are served: not to be played last.
  void silence() { hang_up_from(open(8)); }
  void keep_alive() {
    const auto from = open(32);
    for (int round = 0; round < 8; ++round) {
      for (auto i = from; i < clients_.size(); ++i) send(i, any_request(random_));
      for (auto i = from; i < clients_.size(); ++i) receive_reply(i);
    }
    hang_up_from(from);
  }
  void pipelines() {
    const auto from = open(6);
    for (auto i = from; i < clients_.size(); ++i) {
      std::string all;
      for (int n = 0; n < 60; ++n) all += any_request(random_);
      send(i, all + request("HEAD /bytes/9") + get("/json", hang_up), 1 + below(random_, 2000));
    }
    receive_to_end_from(from);
  }
  void one_request_each() {
    for (int batch = 0; batch < 10; ++batch) {
      const auto from = open(20);
      for (auto i = from; i < clients_.size(); ++i)
        send(i, i % 2 ? "GET /plaintext HTTP/1.0\r\n\r\n" : get("/json", hang_up));
      receive_to_end_from(from);
    }
  }
  void delays() {
    const auto from = open(16);
    for (auto i = from; i < clients_.size(); ++i) send(i, get("/delay/50") + get("/bytes/300000", hang_up));
    receive_to_end_from(from);
  }
  void uploads() {
    const auto from = open(4);
    for (auto i = from; i < clients_.size(); ++i)
      send(i, post("/upload", std::string(2u << 20, 'u')) + post("/echo", std::string(300'000, 'e')) +
                  get("/plaintext", hang_up));
    receive_to_end_from(from);
  }
  void errors() {
    const std::array bad{std::string("nonsense\r\n\r\n") + get("/json"),
                         request("GET /json", "X: " + std::string(9000, 'x') + "\r\n"),
                         get("/" + std::string(5000, 't')),
                         request("POST /echo", "Content-Length: 1048577\r\n"),
                         request("POST /echo", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
                         std::string("GET /json HTTP/2.0\r\nHost: a\r\n\r\n"),
                         std::string("GET /json HTTP/1.1\r\n\r\n")};
    for (const auto& text : bad) {
      const auto from = open(1);
      send(from, get("/json") + text);
      receive_to_end_from(from);
    }
  }
  void half_requests() {
    const auto from = open(8);
    for (auto i = from; i < clients_.size(); ++i) {
      send(i, get("/plaintext") + get("/json").substr(0, 3 * (i - from)));
      clients_[i].finish_sending();
    }
    receive_to_end_from(from);
  }
  // Each ends differently.
  void websockets() {
    const auto message = [&] { return client_message(text, std::string(below(random_, 3000), 'm')); };
    const std::array ends{client_message(closing, close_payload(1000)),
                          client_message(closing, close_payload(4000, "bye")) + message(),
                          std::string("\x81\x01x"),
                          client_message(text, "\xff"),
                          client_message(binary, std::string((1u << 20) + 1, 'b')),
                          client_frame(text, "half a message")};
    const auto from = open_websockets("/ws/echo", ends.size());
    for (auto i = from; i < clients_.size(); ++i) {
      std::string all = client_frame(text, "a") + client_message(ping, "p") + client_message(continuation, "b");
      for (int n = 0; n < 30; ++n) all += message();
      send(i, all + ends[i - from], 1 + below(random_, 2000));
      if (i + 1 == clients_.size()) clients_[i].finish_sending();
    }
    receive_to_end_from(from);
  }
  // Members send in turn, so that all receive the same.
  void room() {
    const auto from = open_websockets("/ws/room?room=3", 5);
    for (auto speaker = from; speaker < clients_.size(); ++speaker) {
      const std::string said(below(random_, 5000), 's');
      send(speaker, client_message(text, said));
      for (auto i = from; i < clients_.size(); ++i) receive(i, server_message(text, said).size());
    }
    for (auto i = from; i < clients_.size(); ++i) send(i, client_message(closing, close_payload(1000)));
    receive_to_end_from(from);
  }

  std::vector<std::string> take_received() { return std::move(received_); }
  // The expected counters of these names.
  std::map<std::string, std::uint64_t> seen() const {
    std::map<std::string, std::uint64_t> sums{{"accepted", clients_.size()}};
    for (const auto& c : clients_) {
      sums["bytes_in"] += c.sent();
      sums["bytes_out"] += c.received();
    }
    return sums;
  }

 private:
  // Returns the index of the first.
  std::size_t open(int count) {
    const auto first = clients_.size();
    while (count-- > 0) clients_.emplace_back(port_);
    received_.resize(clients_.size());
    return first;
  }
  void send(std::size_t i, const std::string& bytes, std::size_t piece = std::string::npos) {
    EXPECT_TRUE(clients_[i].send(bytes, piece)) << "connection " << i;
  }
  // Returns the index of the first.
  std::size_t open_websockets(const std::string& target, std::size_t count) {
    const auto from = open(static_cast<int>(count));
    for (auto i = from; i < clients_.size(); ++i) send(i, upgrade_request(target));
    for (auto i = from; i < clients_.size(); ++i) receive(i, upgrade_reply().size());
    return from;
  }
  void receive(std::size_t i, std::size_t bytes) {
    EXPECT_TRUE(clients_[i].receive(bytes)) << "connection " << i;
    received_[i] += clients_[i].take();
  }
  void receive_reply(std::size_t i) {
    std::string reply;
    while (!has_reply(reply) && clients_[i].receive(1)) reply += clients_[i].take();
    EXPECT_TRUE(has_reply(reply)) << "connection " << i << " waited for the rest of: " << reply.substr(0, 200);
    received_[i] += reply;
  }
  void receive_to_end_from(std::size_t first) {
    for (auto i = first; i < clients_.size(); ++i) {
      EXPECT_TRUE(clients_[i].receive_to_end()) << "connection " << i << " stayed open, or was reset";
      received_[i] += clients_[i].take();
    }
    hang_up_from(first);
  }
  void hang_up_from(std::size_t first) {
    for (auto i = first; i < clients_.size(); ++i) {
      EXPECT_TRUE(clients_[i].delivered()) << "connection " << i;
      clients_[i].hang_up();
    }
  }

  unsigned short port_;
  random_source random_{1};
  std::deque<client> clients_;
  std::vector<std::string> received_;
};

}  // namespace

observation play_script(const launch& how, const script_parts& parts) {
  SCOPED_TRACE(how.name);
  program server(how.path, how.flags);
  script clients(server.wait_until_ready());
  clients.silence();
  clients.keep_alive();
  clients.pipelines();
  clients.one_request_each();
  clients.delays();
  clients.uploads();
  clients.errors();
  clients.half_requests();
  if (parts.websockets) clients.websockets();
  if (parts.rooms) clients.room();
  server.terminate();
  const auto end = server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.errors, "");
  observation result{clients.take_received(), nlohmann::json::parse(end.output, nullptr, false)};
  for (const auto& [name, value] : clients.seen())
    EXPECT_EQ(result.counters.value(name, std::uint64_t{0}), value) << name;
  return result;
}

std::vector<std::string> differences(const observation& one, const observation& other) {
  std::vector<std::string> result;
  const auto compare = [&](const std::string& what, const nlohmann::json& a, const nlohmann::json& b) {
    if (a != b) result.push_back(what + ": " + a.dump() + " and " + b.dump());
  };
  auto counters = one.counters;
  counters.update(other.counters);
  for (auto at = counters.begin(); at != counters.end(); ++at)
    compare(at.key(), one.counters.value(at.key(), nlohmann::json()), other.counters.value(at.key(), nlohmann::json()));
  compare("connections", one.received.size(), other.received.size());
  for (std::size_t i = 0; i < std::min(one.received.size(), other.received.size()); ++i) {
    const auto &a = one.received[i], &b = other.received[i];
    if (a == b) continue;
    const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
    compare("connection " + std::to_string(i) + " from byte " + std::to_string(at), a.substr(at, 60), b.substr(at, 60));
  }
  return result;
}

}  // namespace tvl::conformance
