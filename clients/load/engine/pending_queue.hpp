#pragma once
// Open loop: the schedule, and the requests that fell due and found no free connection. No clock: the caller brings it.

#include "clients/load/plan/schedule.hpp"

#include <cstdint>
#include <deque>

namespace tvl::load {

class backlog {
 public:
  explicit backlog(const schedule& s) : schedule_(s) {}

  // Queues all that is due before `time`, however much that is: there is no catch-up cap. Returns how many.
  std::uint64_t fall_due(std::int64_t time) {
    const auto before = waiting_.size();
    for (; schedule_.due() < time; schedule_.pop()) waiting_.push_back(schedule_.due());
    return waiting_.size() - before;
  }
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  std::int64_t operator[](std::size_t i) const { return waiting_[i]; }
  // The due time of the request that has waited longest.
  std::int64_t pop() {
    const auto due = waiting_.front();
    waiting_.pop_front();
    return due;
  }
  // When the next one falls due that has not yet.
  std::int64_t next() const { return schedule_.due(); }

 private:
  schedule schedule_;
  std::deque<std::int64_t> waiting_;
};

}  // namespace tvl::load
