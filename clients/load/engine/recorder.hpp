#pragma once
// The results of one generator thread since its window began. Only that thread may use it until it has ended, except
// take_rows(), which is thread-safe.

#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/stall_trace.hpp"
#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {

// One thread's part of a row of the timeline.
struct thread_row {
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
  recorder(bool paced, std::size_t target_count, stall_trace empty = {}, phase_record none = {},
           timeline_grid single_row = {})
      : targets(target_count),
        trace(std::move(empty)),
        phases(std::move(none)),
        paced_(paced),
        grid_(std::move(single_row)) {}

  request_counts counts;  // complete after finish()
  connection_counts connections;
  std::optional<std::string> first_error_text;  // see point
  websocket_counts websocket;                   // before the window too
  latencies latency;                            // complete after finish()
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
    if (received >= row_end_) end_rows(received);
    ++row_.ok;
    row_.response.record(received - due);
    if (targets.size() > 1) {
      targets[target].response.record(received - due);
      targets[target].service.record(received - sent);
    }
    if (!paced_) return;
    latency.service.record(received - sent);
    latency.lag.record(sent - due);
  }
  // What is wrong with the error that failed() tells next; see point::first_error_text.
  void explain(std::string cause) {
    if (!first_error_text && !cause.empty()) first_error_text = std::move(cause);
  }
  void failed(std::size_t target, std::uint64_t request_counts::*kind, std::int64_t due, std::int64_t at) {
    ++(targets[target].counts.*kind);
    if (at >= row_end_) end_rows(at);
    ++row_.errors;
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
  // When the present row ends; never = with the window, or the window has not begun.
  std::int64_t row_end() const { return row_end_; }
  // Ends the rows that are over at `now`. A result does that too, so that it is in the row of its time; this is for
  // times without results.
  void end_rows(std::int64_t now) {
    while (now >= row_end_) end_row();
  }
  // Ends the window and its last row.
  void finish();

  // The rows that ended since the last call, in their order.
  std::vector<thread_row> take_rows();

 private:
  void end(std::size_t target, std::int64_t due, std::int64_t until) {
    if (target == 0) trace.ended(due, until);
  }

  void begin_row(std::int64_t at);
  void end_row();
  void publish_row();

  const bool paced_;
  const timeline_grid grid_;
  std::int64_t window_begin_ = 0, row_end_ = never;
  thread_row row_;
  std::mutex mutex_;
  std::vector<thread_row> rows_;
};

}  // namespace tvl::load
