// Load changes inside the window, for one engine: rate steps, a reconnect storm, a connection surge.

#include "clients/load/base/clock.hpp"
#include "clients/load/engine/engine.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tvl::load {

std::vector<schedule::rate_change> engine::rate_changes(std::int64_t window_begin) const {
  std::vector<schedule::rate_change> all;
  for (const auto& s : plan_.steps)
    all.push_back({window_begin + std::llround(s.at_s * 1e9), s.rate * partition_.rate_share});
  return all;
}

void engine::plan_change(std::int64_t window_begin) {
  if (plan_.storm_s) next_change_ = window_begin + std::llround(*plan_.storm_s * 1e9);
  if (plan_.late) next_change_ = window_begin + std::llround(plan_.late->at_s * 1e9);
}

void engine::change(std::int64_t now) {
  const auto at = std::exchange(next_change_, never);
  rejoining_ = plan_.storm_s ? 0 : early_slots().size();
  const auto joining = std::span(slots_).subspan(rejoining_);
  for (auto& c : joining) {
    if (plan_.storm_s) drop(c, now);
    if (plan_.late && !queue_) make_due(c, at);
    c.unserved = true;
  }
  if (plan_.storm_s) free_.clear();
  unserved_ = joining.size();
  if (unserved_ == 0) all_served_at_ = at;
}

// Sends a reset, like a crashed client. An orderly close would keep the port in TIME_WAIT for a minute; many
// connections would run out of ports.
void engine::drop(connection& c, std::int64_t now) {
  if (under_way(c)) {
    --in_flight_;
    records_.in_flight_at_end(c.target, c.due, c.sent, now);
    plan_next(c, now);
  } else if (c.now == state::finishing) {
    plan_next(c, now);
  }
  if (c.socket >= 0) {
    const linger at_once{1, 0};
    ::setsockopt(c.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  close(c);
  c.repeats = false;
  c.retry_at = never;
  c.failures = 0;
}

void engine::rejoin() {
  const auto end = std::min(rejoining_ + most_at_once, slots_.size());
  for (; rejoining_ < end; ++rejoining_) open(slots_[rejoining_], clock_now());
}

void engine::served(connection& c, std::int64_t now) {
  c.unserved = false;
  if (--unserved_ == 0) all_served_at_ = now;
}

}  // namespace tvl::load
