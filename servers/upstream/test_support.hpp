#pragma once
// A running tvl-upstream for tests, and its replies.

#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tvl::upstream {

struct received {
  int status = 0;  // 0 = no HTTP
  std::string head, body;

  explicit received(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == text.npos || !text.starts_with("HTTP/1.1 ")) return;
    status = std::stoi(text.substr(9, 3));
    head = text.substr(0, end + 2);
    body = text.substr(end + 4);
  }
  // Value of a header field, "" if absent.
  std::string field(const std::string& name) const {
    const auto begin = head.find("\r\n" + name + ": ");
    if (begin == head.npos) return "";
    const auto value = begin + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

class running {
 public:
  explicit running(std::vector<std::string> flags = {}) : program_(TVL_UPSTREAM, std::move(flags)) {
    port = program_.wait_until_ready();
    info = nlohmann::json::parse(get("/info").body);
  }
  // Terminated, not killed, so that it removes its temporary folder.
  ~running() {
    if (!stopped_) stop();
  }

  unsigned short port = 0;
  nlohmann::json info;

  // One request on a new connection.
  received ask(const std::string& method, const std::string& target, const std::string& more = "\r\n") const {
    conformance::client c(port);
    c.send(method + " " + target + " HTTP/1.1\r\nHost: u\r\nConnection: close\r\n" + more);
    c.receive_to_end();
    return received(c.take());
  }
  received get(const std::string& target) const { return ask("GET", target); }

  pid_t pid() const { return program_.pid(); }
  // Ends it and returns exit code, second ready line, counters, errors.
  conformance::result stop() {
    stopped_ = true;
    program_.terminate();
    return program_.wait();
  }

 private:
  conformance::program program_;
  bool stopped_ = false;
};

}  // namespace tvl::upstream
