#include "servers/upstream/hostile.hpp"

#include <chrono>
#include <limits>
#include <string>

namespace tvl::upstream {
namespace {

constexpr std::chrono::milliseconds drip{100};  // between two bytes: short enough not to look like a dead service
constexpr std::uint64_t promised = 512u << 10;  // announced bytes of the incomplete body
constexpr std::uint64_t slow_promise = std::uint64_t{1} << 30;
constexpr auto endless = std::numeric_limits<std::uint64_t>::max();

std::string head(std::uint64_t size) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(size) +
         "\r\n\r\n";
}

runtime::task drip_on(connection& c, std::string begin) {
  bool there = co_await c.send(begin);
  while (there) {
    c.timer.expires_after(drip);
    co_await c.timer.async_wait(quietly);
    there = co_await c.send("x");
  }
}

}  // namespace

runtime::task misbehave(connection& c, hostility how) {
  switch (how) {
    case hostility::none:
      break;
    case hostility::garbage:
      co_await c.send("\x7f\x01 this is no HTTP \xff\r\n\r\n{]");
      break;
    case hostility::slow_header:
      co_await drip_on(c, "HTTP/1.1 200 OK\r\nX-Slow: ");
      break;
    case hostility::slow_body:
      co_await drip_on(c, head(slow_promise));
      break;
    case hostility::half: {
      const auto text = head(promised);
      co_await c.send(text, promised / 2);
      break;
    }
    case hostility::huge:
      co_await c.send("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n",
                      endless);
      break;
    case hostility::silent:
      co_await c.ignore();
      break;
  }
}

}  // namespace tvl::upstream
