#pragma once
// The results of one generator thread since its window began. Only that thread may use it until it has ended, except
// take_seconds(), which is thread-safe.

#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/stall_trace.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tvl::load {

// One second of one thread.
struct thread_second {
  std::uint64_t ok = 0;
  std::uint64_t errors = 0;
  histogram response;
};

// The results of one target's requests. scheduled, unsent, in_flight_at_start and bytes are not split by target.
struct target_record {
  request_counts counts;
  histogram response, service;  // only with several targets; a single target's are the totals
};

class recorder {
 public:
  // `paced`: due and send times differ, so service time and lag get their own histograms. In a closed loop on open
  // connections service time equals response time and lag is 0.
  recorder(bool paced, std::size_t target_count, stall_trace empty = {}, phase_record none = {})
      : targets(target_count), trace(std::move(empty)), phases(std::move(none)), paced_(paced) {}

  request_counts counts;  // complete after finish()
  connection_counts connections;
  latencies latency;  // complete after finish()
  std::vector<target_record> targets;
  stall_trace trace;    // of the first target
  phase_record phases;  // of a plan that changes

  void fell_due(std::int64_t due) {
    ++counts.scheduled;
    if (phases.kept()) phases.fell_due(due);
  }
  void sent(std::size_t target) { ++targets[target].counts.sent; }
  // Open loop: a request was sent on a free connection, `late` nanoseconds after it was due.
  void paced(std::int64_t late) { latency.pacing.record(late); }
  // A complete and expected reply.
  void ok(std::size_t target, std::int64_t due, std::int64_t sent, std::int64_t received) {
    ++targets[target].counts.ok;
    end(target, due, received);
    if (phases.kept()) phases.ok(due, received);
    ++second_.ok;
    second_.response.record(received - due);
    if (targets.size() > 1) {
      targets[target].response.record(received - due);
      targets[target].service.record(received - sent);
    }
    if (!paced_) return;
    latency.service.record(received - sent);
    latency.lag.record(sent - due);
  }
  void failed(std::size_t target, std::uint64_t request_counts::*kind, std::int64_t due, std::int64_t at) {
    ++(targets[target].counts.*kind);
    ++second_.errors;
    end(target, due, at);
    if (phases.kept()) phases.failed(due);
  }
  // Censored: the request has no reply; it has waited until `until`.
  void in_flight_at_end(std::size_t target, std::int64_t due, std::int64_t until) {
    ++targets[target].counts.in_flight_at_end;
    unsent_at_end(target, due, until);
  }
  // The same for an unsent request; the caller counts `unsent`.
  void unsent_at_end(std::size_t target, std::int64_t due, std::int64_t until) {
    end(target, due, until);
    if (phases.kept()) phases.unanswered(due, until);
  }

  // Begins the window: resets all results.
  void begin(std::int64_t at);
  void end_second();
  // Ends the window.
  void finish();

  // The seconds that ended since the last call.
  std::vector<thread_second> take_seconds();

 private:
  void end(std::size_t target, std::int64_t due, std::int64_t until) {
    if (target == 0) trace.ended(due, until);
  }

  const bool paced_;
  thread_second second_;
  std::mutex mutex_;
  std::vector<thread_second> seconds_;
};

}  // namespace tvl::load
