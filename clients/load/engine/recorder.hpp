#pragma once
// The results of one generator thread since its window began. Only that thread may use it until it has ended, except
// take_rows(), which is thread-safe.
//
// One rule for response and service time: every request that fell due is in them. One without the expected reply is
// censored (see censored_histogram.hpp): timed out, failed, or unanswered or unsent at the window's end, it took longer
// than it had waited by then.

#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/stall_trace.hpp"
#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/point/censored_histogram.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"

#include <algorithm>
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
  censored_histogram response;
};

// The results of one target's requests. scheduled, unsent, in_flight_at_start and bytes are not split by target.
struct target_record {
  request_counts counts;
  censored_histogram response, service;  // only with several targets; a single target's are the totals
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

  static constexpr std::size_t most_status = 999;

  request_counts counts;  // complete after finish()
  connection_counts connections;
  std::optional<std::string> first_error_text;               // see point
  websocket_counts websocket;                                // before the window too
  std::uint64_t closed = 0;                                  // see connection_counts
  std::array<std::uint64_t, most_status + 1> statuses = {};  // whole HTTP replies by their status code
  latencies latency;                                         // complete after finish()
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
  void replied(int status) { ++statuses[std::min(static_cast<std::size_t>(status), most_status)]; }
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
    service_.record(received - sent);
    lag_.record(sent - due);
  }
  // What is wrong with the error that failed() tells next; see point::first_error_text.
  void explain(std::string cause) {
    if (!first_error_text && !cause.empty()) first_error_text = std::move(cause);
  }
  // A sent request that ended at `at` without the expected reply.
  void failed(std::size_t target, std::uint64_t request_counts::*kind, std::int64_t due, std::int64_t sent,
              std::int64_t at) {
    ++(targets[target].counts.*kind);
    if (at >= row_end_) end_rows(at);
    ++row_.errors;
    row_.response.record_longer_than(at - due);
    censored_after_send(target, due, sent, at);
    end(target, due, at);
    if (phases.kept()) phases.failed(due, at);
  }
  // A sent request that has waited until `until`, the window's end or a reconnect storm.
  void in_flight_at_end(std::size_t target, std::int64_t due, std::int64_t sent, std::int64_t until) {
    ++targets[target].counts.in_flight_at_end;
    response_.record_longer_than(until - due);
    censored_after_send(target, due, sent, until);
    unanswered(target, due, until);
  }
  // The same for an unsent request; the caller counts `unsent`.
  void unsent_at_end(std::size_t target, std::int64_t due, std::int64_t until) {
    response_.record_longer_than(until - due);
    if (targets.size() > 1) targets[target].response.record_longer_than(until - due);
    if (paced_) lag_.record_longer_than(until - due);
    unanswered(target, due, until);
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

  void unanswered(std::size_t target, std::int64_t due, std::int64_t until) {
    end(target, due, until);
    if (phases.kept()) phases.unanswered(due, until);
  }
  // Beside the response time of all targets.
  void censored_after_send(std::size_t target, std::int64_t due, std::int64_t sent, std::int64_t until) {
    if (targets.size() > 1) {
      targets[target].response.record_longer_than(until - due);
      targets[target].service.record_longer_than(until - sent);
    }
    if (!paced_) return;
    service_.record_longer_than(until - sent);
    lag_.record(sent - due);
  }

  void begin_row(std::int64_t at);
  void end_row();
  void publish_row();

  const bool paced_;
  const timeline_grid grid_;
  std::int64_t window_begin_ = 0, row_end_ = never;
  censored_histogram response_;       // of the rows that have ended
  censored_histogram service_, lag_;  // when paced
  thread_row row_;
  std::mutex mutex_;
  std::vector<thread_row> rows_;
};

}  // namespace tvl::load
