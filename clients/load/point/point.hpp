#pragma once
// The result of one load run, a point: schema 1 of points.jsonl.
//
// What was not measured is an empty std::optional and `null` in JSON, never 0. Times are microseconds unless the name
// says otherwise.

#include "clients/load/base/reason.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/background_counts.hpp"
#include "clients/load/point/histogram.hpp"

#include <boost/describe/class.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

// Conservation, exact in every run: scheduled = sent + unsent, and
// sent = ok + status_errors + protocol_errors + timeouts + resets + in_flight_at_end.
struct request_counts {
  std::uint64_t scheduled = 0;         // fell due in the window, or before it and still unsent when it began
  std::uint64_t sent = 0;              // in flight at some moment of the window, in_flight_at_start included
  std::uint64_t ok = 0;                // answered in full with the expected status
  std::uint64_t status_errors = 0;     // answered in full with another status
  std::uint64_t protocol_errors = 0;   // answered with something that is not HTTP, or cut off by an orderly close
  std::uint64_t timeouts = 0;          // not answered within the plan's timeout
  std::uint64_t resets = 0;            // ended by a reset, a close without a byte of reply, or another socket error
  std::uint64_t in_flight_at_end = 0;  // censored: unanswered when the window ended or the reconnect storm reset them
  std::uint64_t unsent = 0;            // due, but no connection was free
  std::uint64_t in_flight_at_start = 0;
  std::uint64_t unsent_at_start = 0;  // of `scheduled`: due before the window, and unsent when it began
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};
BOOST_DESCRIBE_STRUCT(request_counts, (),
                      (scheduled, sent, ok, status_errors, protocol_errors, timeouts, resets, in_flight_at_end, unsent,
                       in_flight_at_start, unsent_at_start, bytes_sent, bytes_received))

struct connection_counts {
  std::uint64_t asked = 0;
  std::uint64_t established = 0;  // highest number open at once
  std::uint64_t failed = 0;       // connect attempts that failed
  std::uint64_t opened = 0;       // connects that succeeded inside the window (churn)
  // Ended by the server between two replies, without saying so before. Empty in older records, and of a room.
  std::optional<std::uint64_t> closed;
  std::uint64_t starved = 0;  // connection slots without one reply in the window
  // Empty with a connection surge: late connections cannot have had as many replies.
  std::optional<double> worst;                  // replies of the connection slot with the fewest / mean of all slots
  std::optional<double> jain;                   // Jain's index of replies per connection slot, from 1/n to 1 (equal)
  std::optional<std::string> first_error = {};  // why the first failed connect failed, in words; before the window too
};
BOOST_DESCRIBE_STRUCT(connection_counts, (),
                      (asked, established, failed, opened, closed, starved, worst, jain, first_error))

// What WebSockets received beside echoes, from the first connect to the window's end.
struct websocket_counts {
  std::uint64_t unasked = 0;                 // messages that are the echo of none: pushed by the server, or a greeting
  std::optional<std::string> first_unasked;  // one printable line
  std::uint64_t pings = 0;                   // each gets a pong
};
BOOST_DESCRIBE_STRUCT(websocket_counts, (), (unasked, first_unasked, pings))

// Of every request that fell due. One without the expected reply counts as longer than the time that it had waited when
// it failed, timed out, or the window ended: see censored_histogram.hpp.
struct latencies {
  histogram response;  // reply minus due time
  histogram service;   // reply minus send time; not of unsent ones
  histogram lag;       // send minus due time
  histogram pacing;    // send minus due where a connection was free: the generator's own lateness
  histogram connect;   // connect() until established, before the window too
};
BOOST_DESCRIBE_STRUCT(latencies, (), (response, service, lag, pacing, connect))

// One of several targets. Of `requests`, scheduled, unsent, in_flight_at_start and the bytes are known in total only.
struct target_result {
  target asked;
  request_counts requests;
  histogram response, service;
};

struct generator_cost {
  std::optional<double> cpu_us_per_request;
  std::optional<double> cpu_share;  // of one core, the busiest generator thread
  // For how long a generator thread did not run although it had to, in pauses of 20 ms or more; the worst thread.
  std::optional<double> paused_s;
  std::optional<double> start_late_s;  // the first generator thread after the common start
};
BOOST_DESCRIBE_STRUCT(generator_cost, (), (cpu_us_per_request, cpu_share, paused_s, start_late_s))

struct context_switches {
  std::optional<double> voluntary, involuntary;
};
BOOST_DESCRIBE_STRUCT(context_switches, (), (voluntary, involuntary))

struct page_faults_per_request {
  std::optional<double> minor, major;  // major: a page had to be read from a disk
};
BOOST_DESCRIBE_STRUCT(page_faults_per_request, (), (minor, major))

// Of the whole process tree over the window. Empty when no process could be metered.
struct server_cost {
  std::optional<double> cpu_us_per_request;
  std::optional<double> cpu_share;  // of one core; 2.0 = two cores full
  context_switches switches_per_request;
  std::optional<double> slices_per_request;        // times that a thread got a core
  std::optional<double> run_queue_us_per_request;  // that threads were ready to run and had no core, all together
  std::optional<double> migrations_per_request;    // of a thread to another core
  page_faults_per_request faults_per_request;
  std::optional<std::uint64_t> rss_bytes;
  std::optional<std::uint64_t> pss_bytes;
  std::optional<std::uint64_t> kernel_bytes;  // kernel stacks and page tables
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> processes;
};
BOOST_DESCRIBE_STRUCT(server_cost, (),
                      (cpu_us_per_request, cpu_share, switches_per_request, slices_per_request,
                       run_queue_us_per_request, migrations_per_request, faults_per_request, rss_bytes, pss_bytes,
                       kernel_bytes, threads, processes))

// The members that are per request.
template <class Each>
void for_each_per_request(server_cost& c, Each each) {
  for (auto* value : {&c.cpu_us_per_request, &c.switches_per_request.voluntary, &c.switches_per_request.involuntary,
                      &c.slices_per_request, &c.run_queue_us_per_request, &c.migrations_per_request,
                      &c.faults_per_request.minor, &c.faults_per_request.major})
    each(*value);
}

// The rest of the machine, over the same window.
struct host_cost {
  // Cores used by processes other than server, services and generator, of the measured ones. Empty without a meter.
  std::optional<double> others_cpu_share;
  std::optional<std::uint64_t> cores;  // that were measured
  bool beside_other_work = false;      // it was asked for, so that other processes do not invalidate the point
};
BOOST_DESCRIBE_STRUCT(host_cost, (), (others_cpu_share, cores, beside_other_work))

// Figures that a reason invalidates. The others of that point hold. response_tail: the quantiles above the median;
// response_times: all of them.
inline constexpr char everything[] = "all", response_times[] = "response_times", response_tail[] = "response_tail",
                      goodput[] = "goodput";

struct verdict {
  bool valid = true;  // every figure holds
  // server-cpu generator rate-not-met backlog connections errors ceiling too-few-samples host-busy services none
  std::string limiter = "none";
  std::vector<reason> reasons;
  std::vector<std::string> spoilt = {};  // figures that do not hold: empty, or "all", or others of the names above

  // The limiter stays that of the gravest reason, which is the first.
  void invalidate(const std::string& by, const std::vector<std::string>& figures);
};
BOOST_DESCRIBE_STRUCT(verdict, (), (valid, limiter, reasons, spoilt))

// A part of the window, from the end of the row before it (the first: from the window's begin); see timeline_grid.hpp.
// Counts and response times are those of the replies that arrived in it, and of the requests that failed in it.
struct timeline_row {
  double t = 0;  // seconds since the window began, at the row's end
  std::uint64_t ok = 0;
  std::uint64_t errors = 0;
  std::optional<double> p50, p99, max;  // response time in microseconds
  // Of the server's whole process tree. Empty in a row without a reading of the server.
  std::optional<double> sampled_s;   // when it was read: seconds since the window began, close to t
  std::optional<double> server_cpu;  // of one core, since the reading before (the first: since the window's begin)
  std::optional<std::uint64_t> rss, threads, descriptors;  // at sampled_s
};
BOOST_DESCRIBE_STRUCT(timeline_row, (),
                      (t, ok, errors, p50, p99, max, sampled_s, server_cpu, rss, threads, descriptors))

// Of the first target: the highest response time of the requests due in each interval of the window. An unanswered
// request counts with its waiting time until it was given up or the window ended. At most 2000 intervals.
struct trace_result {
  double interval_s = 0;
  std::vector<std::optional<double>> max_us;  // from the window's begin; empty = nothing was due
};
BOOST_DESCRIBE_STRUCT(trace_result, (), (interval_s, max_us))

// A part of the window between two changes of the plan. A request belongs to the phase it was due in (closed loop: sent
// in), whenever its reply came.
struct phase {
  double begin_s = 0, end_s = 0;        // of the window
  std::optional<double> rate;           // offered; empty in a closed loop
  int connections = 0;                  // asked to be open
  std::uint64_t scheduled = 0, ok = 0;  // of the requests that belong to it
  std::uint64_t errors = 0;             // status and protocol errors, timeouts, resets
  std::uint64_t unanswered = 0;         // when the window ended or the reconnect storm reset them
  std::optional<double> goodput;        // ok replies that arrived in the phase, per second
  histogram response;                   // of those that belong to it, censored like latencies
};
BOOST_DESCRIBE_STRUCT(phase, (),
                      (begin_s, end_s, rate, connections, scheduled, ok, errors, unanswered, goodput, response))

// After the last change of the plan. Empty = no change, or no recovery before the window's end.
struct recovery {
  // Until the p99 per 0.1 s was back within 1.2 times that of phase 0 and stayed there: see recovery.hpp.
  std::optional<double> response_s;
  // From the reconnect storm or connection surge until every reset or late connection has had an ok reply. In an open
  // loop at least connections / rate, the turn of the last one.
  std::optional<double> all_served_s;
};
BOOST_DESCRIBE_STRUCT(recovery, (), (response_s, all_served_s))

// One generator process of a load that came from other hosts.
struct host_part {
  std::string name;
  std::uint64_t connections = 0, replies = 0;
  std::optional<double> rate_ratio, cpu_us_per_request, cpu_share;  // see generator_cost
  std::optional<double> pacing_p99_us, response_p99_us;
  // Of the host's monotonic clock, against that of the server's host: how far it was ahead before the window, how far
  // it drifted until after it, and how exactly that is known (half of a round trip).
  std::optional<double> clock_ahead_s, clock_drift_s, clock_uncertainty_s;
  std::optional<double> start_late_s;              // beside the clock's error
  std::optional<std::uint64_t> throttled_periods;  // of its control groups, in warm-up and window
  bool valid = true;
};
BOOST_DESCRIBE_STRUCT(host_part, (),
                      (name, connections, replies, rate_ratio, cpu_us_per_request, cpu_share, pacing_p99_us,
                       response_p99_us, clock_ahead_s, clock_drift_s, clock_uncertainty_s, start_late_s,
                       throttled_periods, valid))

// Requests at a low rate from a host of their own, in the same window: what a reply takes, where the generators may be
// too busy to tell. They are not part of the point's other figures.
struct probe_result {
  host_part host;
  double rate = 0;  // asked for
  request_counts requests;
  histogram response;  // as in latencies
};
BOOST_DESCRIBE_STRUCT(probe_result, (), (host, rate, requests, response))

struct point {
  plan asked;
  std::string started;  // ISO 8601, UTC: before the first connect
  double window_s = 0;  // actual length
  request_counts requests;
  connection_counts connections;
  // What was wrong with the first protocol error, wrong echo or closed WebSocket of one generator thread: one line,
  // printable. Empty = none, or unknown.
  std::optional<std::string> first_error_text;
  // Whole replies in the window by status code, {"200": 1234, "503": 3}. Empty in older records, and of WebSockets.
  std::optional<std::map<std::string, std::uint64_t>> status_codes;
  std::uint64_t replies = 0;                  // ok replies that ended in the window
  std::optional<double> throughput;           // replies / window_s
  std::optional<double> rate_ratio;           // replies / requests due in the window; open loop only
  std::optional<websocket_counts> websocket;  // none = plain HTTP
  latencies latency;
  std::vector<target_result> targets;      // empty when there is one: its figures are the totals
  std::optional<background_counts> crowd;  // background connections
  generator_cost generator;
  server_cost server;
  std::vector<std::optional<double>> services_cpu_share;  // of one core, in the order of the watcher's services
  host_cost host;
  load::verdict verdict;
  std::vector<timeline_row> timeline;
  std::optional<double> timeline_interval_s;  // of a row; one that ends at a change or with the window may be shorter
  std::vector<phase> phases;                  // two or more when the plan changes in its window
  load::recovery recovery;
  std::optional<trace_result> trace;  // when the plan asks for it
  std::vector<host_part> hosts;       // empty = the load came from this machine
  std::optional<probe_result> probe;  // when it was asked for
  bool interrupted = false;           // stopped before the window's end; the results cover the time until then
};

// Beside the plan, which a point holds a part of. The services' CPU is not in its JSON.
BOOST_DESCRIBE_STRUCT(point, (),
                      (started, window_s, interrupted, requests, connections, first_error_text, status_codes, replies,
                       throughput, rate_ratio, websocket, latency, targets, crowd, generator, server, host, verdict,
                       timeline, timeline_interval_s, phases, recovery, trace, hosts, probe))

// Smallest number of samples that must lie beyond a percentile before it is printed.
inline constexpr std::uint64_t samples_beyond = 10;

// {n, min, mean, p50, p90, p95, p99, p999, max, hdr}
void to_json(nlohmann::json&, const histogram&);
void to_json(nlohmann::json&, const target_result&);
void to_json(nlohmann::json&, const reason&);
// The opposite. Throw nlohmann::json::exception, or std::invalid_argument: a histogram that is none.
void from_json(const nlohmann::json&, histogram&);
void from_json(const nlohmann::json&, target_result&);
void from_json(const nlohmann::json&, reason&);  // of older records: a text

}  // namespace tvl::load

// json(p) and j.get<point>(). What the JSON does not hold of a plan, such as headers and bodies, is lost.
template <>
struct nlohmann::adl_serializer<tvl::load::point> {
  static void to_json(json&, const tvl::load::point&);
  // Throws json::exception: not a point of schema 1; or std::invalid_argument: a histogram that is none.
  static void from_json(const json&, tvl::load::point&);
};
