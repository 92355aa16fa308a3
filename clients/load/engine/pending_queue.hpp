#pragma once
// Open loop: the schedule and the pending queue of due, unsent requests. The caller passes the time (nanoseconds).

#include "clients/load/plan/schedule.hpp"

#include <cstdint>
#include <deque>

namespace tvl::load {

class pending_queue {
 public:
  explicit pending_queue(const schedule& s) : schedule_(s) {}

  // Queues all requests due before `time`, without a catch-up cap. Returns their number.
  std::uint64_t fall_due(std::int64_t time) {
    const auto before = waiting_.size();
    for (; schedule_.due() < time; schedule_.pop()) waiting_.push_back(schedule_.due());
    return waiting_.size() - before;
  }
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  std::int64_t operator[](std::size_t i) const { return waiting_[i]; }
  // Removes the oldest request; returns its due time.
  std::int64_t pop() {
    const auto due = waiting_.front();
    waiting_.pop_front();
    return due;
  }
  // The due time of the next request that is not yet queued.
  std::int64_t next() const { return schedule_.due(); }

 private:
  schedule schedule_;
  std::deque<std::int64_t> waiting_;
};

}  // namespace tvl::load
