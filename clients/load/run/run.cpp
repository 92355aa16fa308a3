#include "clients/load/run/run.hpp"

#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/analysis/verdict.hpp"
#include "clients/load/background/background_connections.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/described.hpp"
#include "clients/load/base/pin.hpp"
#include "clients/load/base/sleep.hpp"
#include "clients/load/engine/engine.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"
#include "clients/load/run/timeline_collector.hpp"
#include "clients/load/run/window_meter.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <memory>
#include <thread>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Tries each with this thread: once the generator threads run, it is too late to refuse.
void check_cpus(const std::vector<int>& cpus) {
  cpu_set_t before;
  ::pthread_getaffinity_np(::pthread_self(), sizeof before, &before);
  for (const int cpu : cpus) pin(::pthread_self(), cpu);
  ::pthread_setaffinity_np(::pthread_self(), sizeof before, &before);
}

bool may_spin(const plan& p) {
  if (p.idle != idle_strategy::automatic) return p.idle == idle_strategy::spin;
  return p.open_loop() && p.cpus.size() >= static_cast<std::size_t>(p.threads);
}

// The generator's engines and threads, from the first connect() to the end of the window.
class worker_set {
 public:
  worker_set(const plan& p, const url& u) : plan_(p) {
    check_cpus(p.cpus);
    check_sources(p, u.endpoint());
    targets_ = prepare(p.targets, u);
    opening_ = {u.endpoint(), p.sources, {}};
    if (u.websocket) opening_.upgrade = offer_upgrade(u, u.target, p.targets.front().headers);
    const auto threads = static_cast<std::size_t>(p.threads);
    for (std::size_t i = 0; i < threads; ++i) engines_.push_back(make_engine(i, threads));
    for (std::size_t i = 0; i < engines_.size(); ++i)
      threads_.emplace_back([this, i] {
        ::pthread_setname_np(::pthread_self(), "generator");
        ::prctl(PR_SET_TIMERSLACK, 1);  // 50 us otherwise, by which each request of a schedule would be late
        if (!plan_.cpus.empty()) pin(::pthread_self(), plan_.cpus[i % plan_.cpus.size()]);
        engines_[i]->run();
      });
  }
  ~worker_set() { stop(0); }

  std::unique_ptr<engine> make_engine(std::size_t i, std::size_t threads) const {
    const auto all = static_cast<std::size_t>(plan_.connections);
    const auto first = all * i / threads, count = all * (i + 1) / threads - first;
    engine_partition mine;
    mine.first = first;
    mine.connections = static_cast<int>(count);
    mine.requests = plan_.requests * (i + 1) / threads - plan_.requests * i / threads;
    const auto late = static_cast<std::size_t>(plan_.late ? plan_.late->connections : 0);
    mine.first_surge = late * i / threads;
    mine.surge = static_cast<int>(late * (i + 1) / threads - mine.first_surge);
    mine.rate_share = static_cast<double>(count) / static_cast<double>(all);
    mine.phase = static_cast<double>(i) / static_cast<double>(threads);
    mine.seed = plan_.seed * 1000003 + i;
    mine.spin = may_spin(plan_);
    return std::make_unique<engine>(plan_, mine, targets_, opening_, times);
  }

  // Waits until every connection is ready or has failed once, or no further one has for `patience`: a server may be
  // unable to answer so many, which the window shows.
  void wait_until_settled(clock::duration patience, const std::stop_token& stopped) const {
    int seen = 0;
    for (auto give_up = clock::now() + patience; clock::now() < give_up && !stopped.stop_requested();) {
      const int settled = sum(&engine::settled);
      if (settled >= plan_.connections) return;
      if (settled > seen) give_up = clock::now() + patience;
      seen = std::max(seen, settled);
      std::this_thread::sleep_for(1ms);
    }
  }
  int sum(int (engine::*count)() const) const {
    int result = 0;
    for (const auto& e : engines_) result += (e.get()->*count)();
    return result;
  }
  // Ends the engines at `end_ns`, or at once, and joins the threads.
  void stop(std::int64_t end_ns) {
    times.start = times.window_begin = std::min(times.start.load(), end_ns);
    times.window_end = std::min(times.window_end.load(), end_ns);
    threads_.clear();
  }
  bool ended() const {
    return std::ranges::all_of(engines_, [](const auto& e) { return e->ended(); });
  }
  // End of the last engine's window. All must have ended.
  std::int64_t ended_at() const {
    std::int64_t result = 0;
    for (const auto& e : engines_) result = std::max(result, e->ended_at());
    return result;
  }
  const std::vector<std::unique_ptr<engine>>& engines() const { return engines_; }

  timetable times;

 private:
  const plan& plan_;
  std::vector<prepared_target> targets_;
  opening opening_;
  std::vector<std::unique_ptr<engine>> engines_;
  std::vector<std::jthread> threads_;
};

void collect_counts(const engine& e, recorder& from, point& into) {
  add(into.requests, from.counts);
  for (std::size_t i = 0; i < into.targets.size(); ++i) {
    add(into.targets[i].requests, from.targets[i].counts);
    into.targets[i].response.merge(from.targets[i].response.estimate());
    into.targets[i].service.merge(from.targets[i].service.estimate());
  }
  if (!into.first_error_text) into.first_error_text = from.first_error_text;
  for (std::size_t code = 0; into.status_codes && code < from.statuses.size(); ++code)
    if (from.statuses[code] > 0) (*into.status_codes)[std::to_string(code)] += from.statuses[code];
  into.connections.closed = into.connections.closed.value_or(0) + from.closed;
  into.connections.failed += from.connections.failed;
  into.connections.opened += from.connections.opened;
  if (!into.connections.first_error) into.connections.first_error = e.connect_error();
  if (into.websocket) add(*into.websocket, from.websocket);
  into.connections.starved +=
      static_cast<std::uint64_t>(std::ranges::count(e.slots(), std::uint64_t{0}, &connection::replies));
  add(into.latency, from.latency);
}

// Fairness over the connection slots: Jain's index, and the worst slot / mean.
void add_fairness(const std::vector<std::unique_ptr<engine>>& engines, connection_counts& into) {
  double n = 0, sum = 0, squares = 0, least = HUGE_VAL;
  for (const auto& e : engines)
    for (const auto& c : e->slots()) {
      const auto x = static_cast<double>(c.replies);
      n += 1, sum += x, squares += x * x;
      least = std::min(least, x);
    }
  if (sum == 0) return;
  into.jain = sum * sum / (n * squares);
  into.worst = least * n / sum;
}

// Merged over all threads.
trace_result collect_trace(const worker_set& f, const point& of) {
  stall_trace merged;
  for (const auto& e : f.engines()) merged.merge(e->records().trace);
  trace_result result{of.asked.trace_s, {}};
  for (const auto& ns : merged.within(std::llround(of.window_s * 1e9)))
    result.max_us.push_back(ns ? std::optional(static_cast<double>(*ns) / 1e3) : std::nullopt);
  return result;
}

// Since the storm or the surge; none = not all were served by the window's end.
std::optional<double> all_served_s(const worker_set& f, const plan& p) {
  if (!p.storm_s && !p.late) return std::nullopt;
  std::int64_t last = 0;
  for (const auto& e : f.engines()) last = std::max(last, e->all_served_at());
  if (last == never) return std::nullopt;
  return static_cast<double>(last - f.times.window_begin) / 1e9 - (p.storm_s ? *p.storm_s : p.late->at_s);
}

void collect_phases(const worker_set& f, point& into) {
  phase_record merged;
  for (const auto& e : f.engines()) merged.merge(e->records().phases);
  into.phases = merged.phases(into.asked, into.window_s);
  into.recovery = {merged.response_recovery_s(into.window_s), all_served_s(f, into.asked)};
}

void collect(const worker_set& f, point& into) {
  std::int64_t cpu = 0, busiest = 0, paused = 0, first_start = never;
  for (const auto& e : f.engines()) {
    collect_counts(*e, e->records(), into);
    cpu += e->window_cpu_ns();
    busiest = std::max(busiest, e->window_cpu_ns());
    paused = std::max(paused, e->paused_ns());
    first_start = std::min(first_start, e->start_late_ns());
  }
  if (!into.asked.late) add_fairness(f.engines(), into.connections);
  if (into.asked.trace_s > 0) into.trace = collect_trace(f, into);
  collect_phases(f, into);
  into.replies = into.requests.ok;
  if (into.window_s <= 0) return;
  into.throughput = static_cast<double>(into.replies) / into.window_s;
  const auto& r = into.requests;
  const auto fell_due = r.scheduled - r.in_flight_at_start - r.unsent_at_start;
  // Not the nominal rate: the number of Poisson arrivals varies.
  if (into.asked.open_loop() && fell_due > 0)
    into.rate_ratio = static_cast<double>(into.replies) / static_cast<double>(fell_due);
  if (into.replies > 0)
    into.generator.cpu_us_per_request = static_cast<double>(cpu) / 1e3 / static_cast<double>(into.replies);
  into.generator.cpu_share = static_cast<double>(busiest) / 1e9 / into.window_s;
  into.generator.paused_s = static_cast<double>(paused) / 1e9;
  into.generator.start_late_s = static_cast<double>(first_start) / 1e9;
}

void collect_rows(const worker_set& f, timeline_collector& timeline) {
  for (std::size_t i = 0; i < f.engines().size(); ++i) {
    auto& e = *f.engines()[i];
    const bool no_more = e.ended();  // first: it may end between the two
    timeline.add(i, e.records().take_rows(), no_more);
  }
}

// Reads the server and collects the rows of the timeline meanwhile; returns when the window is over or stopped.
void follow(const worker_set& f, std::int64_t begin, std::int64_t end, const watcher& w, window_meter& costs,
            const plan& p, timeline_collector& timeline) {
  const auto over = [&] { return f.ended() || w.stop.stop_requested(); };
  // False: the window was over before.
  const auto wait_until = [&](std::int64_t due) {
    while (clock_now() < due && !over())
      sleep_until(p.requests > 0 ? std::min(due, clock_now() + to_ns(0.005)) : due, w.stop);
    return !over();
  };
  const timeline_grid grid(p);
  for (auto row = grid.first_read(); row.end != never; row = grid.next_read(row)) {
    if (!wait_until(costs.time_for(begin + row.end))) return;
    costs.sample(row.index);
    // The engines publish a row after its end.
    if (!wait_until(std::min(begin + row.end + to_ns(0.02), end))) return;
    collect_rows(f, timeline);
    if (w.each_second && row.ends_second()) w.each_second(timeline.take_progress(static_cast<double>(row.end) / 1e9));
  }
  wait_until(end);
}

void wait_for_connections(const worker_set& f, background_connections* background, const plan& p, const watcher& w) {
  f.wait_until_settled(std::chrono::nanoseconds(to_ns(std::min(p.timeout_s, 2.0) + p.ramp_s)), w.stop);
  if (background) background->wait_until_settled(std::chrono::nanoseconds(to_ns(p.timeout_s)), w.stop);
  if (f.sum(&engine::most_established) == 0 && !w.stop.stop_requested())
    throw bad_plan("cannot connect to " + without_password(p.url) + ": " +
                   f.engines().front()->connect_error().value_or("no answer in time"));
}

// From the first request to the end of the window.
void measure(worker_set& f, background_connections* background, const watcher& w, window_meter& costs, point& into) {
  const plan& p = into.asked;
  timeline_collector timeline(timeline_grid(p), f.engines().size());
  const std::int64_t start = w.start ? w.start() : clock_now() + to_ns(0.001);
  const std::int64_t begin = start + to_ns(p.warmup_s), end = begin + to_ns(p.seconds);
  f.times.window_end = end;
  f.times.window_begin = begin;
  f.times.start = start;

  sleep_until(costs.time_for(begin), w.stop);
  costs.begin(begin);
  sleep_until(begin, w.stop);
  if (background) background->begin_window();
  follow(f, begin, end, w, costs, p, timeline);
  costs.end();  // it takes time, in which the load goes on: a window that is interrupted ends afterwards
  const std::int64_t over = f.ended() ? std::min(end, f.ended_at()) : std::min(end, clock_now());
  f.stop(over);
  if (background) into.crowd = background->end_window();
  into.interrupted = over < end && w.stop.stop_requested();
  into.window_s = static_cast<double>(std::max(over - begin, std::int64_t{0})) / 1e9;
  collect_rows(f, timeline);
  into.timeline = timeline.finish(into.window_s);
  into.timeline_interval_s = static_cast<double>(timeline_grid(p).interval()) / 1e9;
}

}  // namespace

point run(const plan& asked, const watcher& w) {
  check_changes(asked);
  const plan p = with_enough_sources(share_of(asked, 0, 1));  // in this process
  check_limits(p);
  point result;
  result.asked = p;
  result.started = utc_now();
  if (p.targets.size() > 1)
    for (const auto& t : p.targets) result.targets.push_back({t, {}, {}, {}});
  url u = parse_url(p.url, p.allow_remote);
  u.choose_address();
  if (u.websocket)
    result.websocket.emplace();
  else
    result.status_codes.emplace();
  worker_set f(p, u);
  std::optional<background_connections> background;
  if (p.crowd.connections() > 0)
    background.emplace(p.crowd, u, p.sources, p.cpus.empty() ? std::nullopt : std::optional(p.cpus.back()),
                       without_framing(p.targets.front().headers));
  background_connections* const connections = background ? &*background : nullptr;
  wait_for_connections(f, connections, p, w);
  result.connections.asked = static_cast<std::uint64_t>(p.connections + (p.late ? p.late->connections : 0));
  window_meter costs(w);
  measure(f, connections, w, costs, result);
  costs.read_memory();
  if (w.over) w.over();
  result.connections.established = static_cast<std::uint64_t>(f.sum(&engine::most_established));
  collect(f, result);
  costs.add_to(result);
  result.verdict = judge(result);
  return result;
}

}  // namespace tvl::load
