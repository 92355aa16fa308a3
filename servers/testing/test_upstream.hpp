#pragma once
// tvl-upstream as a child process, for tests.

#include "servers/runtime/service_options.hpp"
#include "servers/testing/fake_service.hpp"
#include "servers/testing/server_process.hpp"
#include "servers/testing/test_process.hpp"
#include "servers/testing/test_servers.hpp"

#include <nlohmann/json.hpp>

#include <signal.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tvl::waits {

// As in every server program.
inline const auto pipe_signal_ignored = ::signal(SIGPIPE, SIG_IGN);

inline std::string json_reply(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Can be restarted on the same port.
class test_upstream {
 public:
  explicit test_upstream(std::vector<std::string> flags = {}) : flags_(std::move(flags)), port_(test::unused_port()) {
    flags_.insert(flags_.end(), {"--port", std::to_string(port_)});
    start();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void start() {
    program_ = std::make_unique<conformance::program>(TVL_UPSTREAM, flags_);
    program_->wait_until_ready();
  }
  void kill() { program_.reset(); }
  // Ends it and returns its counters.
  nlohmann::json counters() {
    program_->terminate();
    const auto output = program_->wait().output;
    return nlohmann::json::parse(output.substr(output.rfind('{')));
  }

 private:
  std::vector<std::string> flags_;
  unsigned short port_;
  std::unique_ptr<conformance::program> program_;
};

inline service_options with_upstream(const std::string& url, double timeout_s = 60) {
  service_options o;
  o.upstream = url;
  o.timeout_s = timeout_s;
  return o;
}

// The reply of a server whose service runs this script.
template <class Server>
std::string reply_beside(test::fake_service::script script, const std::string& target, double timeout_s = 60) {
  const test::fake_service service(std::move(script));
  Server server(with_upstream("http://127.0.0.1:" + std::to_string(service.port()), timeout_s));
  conformance::client c(server.port());
  c.send("GET " + target + " HTTP/1.0\r\n\r\n");
  c.receive_to_end();
  return c.take();
}

// A script: answers every request with `reply`.
inline test::fake_service::script replying(std::string reply) {
  return [reply = std::move(reply)](int socket) {
    while (test::hear(socket) && test::say(socket, reply)) {
    }
  };
}

inline std::string status_of(const std::string& reply) { return reply.substr(0, reply.find('\r')); }
inline std::string body_of(const std::string& reply) { return reply.substr(reply.find("\r\n\r\n") + 4); }

// After any test all descriptors are closed.
template <class Server>
class upstream_wait : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(open_descriptors(), descriptors_); }

 private:
  const std::size_t descriptors_ = open_descriptors();
};

using both_models = testing::Types<blocking_server, awaiting_server>;

}  // namespace tvl::waits
