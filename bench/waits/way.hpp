#pragma once
// One way to make calls to a service, and the account of what they brought.

#include "servers/handler/plan.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace tvl::bench {

using outcome = handler::service_result;

// A call brought something else than the first one did.
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

  // Makes that many calls, always as many at once as there are left, up to what the way was made for. Throws
  // wrong_reply when all are done, or std::runtime_error when no more can be made.
  virtual void make(std::uint64_t calls) = 0;
};

// The calls of one make(), on one thread.
class tally {
 public:
  // All have to bring `expected`, which has to outlive it.
  tally(std::uint64_t calls, const outcome& expected) : calls_(calls), expected_(expected) {}

  // False when no further call is to be made.
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
