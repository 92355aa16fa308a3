#pragma once
// One way to make calls to a service, and the tally of its calls.

#include "servers/handler/plan.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace tvl::bench {

using outcome = handler::service_result;

// A call's reply differs from the expected one.
struct wrong_reply : std::runtime_error {
  explicit wrong_reply(const outcome& o)
      : std::runtime_error("wrong reply: " + std::to_string(o.status) + ' ' + o.body.substr(0, 100)) {}
};

class way {
 public:
  way() = default;
  way(const way&) = delete;
  way& operator=(const way&) = delete;
  virtual ~way() = default;

  // Makes `calls` calls, at_once of them concurrently. Throws wrong_reply after the last one, or std::runtime_error
  // when no further call is possible.
  virtual void make(std::uint64_t calls) = 0;
};

// Counts and checks the calls of one make(). Not thread-safe.
class tally {
 public:
  // Every reply must equal `expected`, which must outlive the tally.
  tally(std::uint64_t calls, const outcome& expected) : calls_(calls), expected_(expected) {}

  // False when all calls have begun.
  bool begin() {
    if (begun_ == calls_) return false;
    ++begun_;
    return true;
  }
  void end(outcome o) {
    ++ended_;
    if (o.status != expected_.status || o.body != expected_.body) wrong_ = std::move(o);
  }
  bool done() const { return ended_ == calls_; }
  void check() const {
    if (wrong_) throw wrong_reply(*wrong_);
  }

 private:
  const std::uint64_t calls_;
  const outcome& expected_;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  std::optional<outcome> wrong_;
};

}  // namespace tvl::bench
