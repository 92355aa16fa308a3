#include "clients/load/load.hpp"

#include "clients/load/clock.hpp"
#include "clients/load/crowd.hpp"
#include "clients/load/engine.hpp"
#include "clients/load/frames.hpp"
#include "clients/load/host.hpp"
#include "clients/load/sources.hpp"
#include "clients/load/url.hpp"
#include "clients/load/verdict.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::int64_t to_ns(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }
clock::time_point at(std::int64_t ns) { return clock::time_point(clock::duration(ns)); }
std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[sizeof "2026-01-01T00:00:00Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void pin_this_thread(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (const int error = ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set))
    throw bad_plan("cannot pin a generator thread to cpu " + std::to_string(cpu) + ": " + std::strerror(error));
}

// Pins this thread to each for a moment: once the generator threads run, it is too late to refuse.
void check_cpus(const std::vector<int>& cpus) {
  cpu_set_t before;
  ::pthread_getaffinity_np(::pthread_self(), sizeof before, &before);
  for (const int cpu : cpus) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) throw bad_plan("there is no cpu " + std::to_string(cpu));
    pin_this_thread(cpu);
  }
  ::pthread_setaffinity_np(::pthread_self(), sizeof before, &before);
}

bool may_spin(const plan& p) {
  if (p.idle != idle_strategy::automatic) return p.idle == idle_strategy::spin;
  return p.open_loop() && p.cpus.size() >= static_cast<std::size_t>(p.threads);
}

// The engines and their threads, from the first connect() to the end of the window.
class fleet {
 public:
  explicit fleet(const plan& p) : plan_(p) {
    check_cpus(p.cpus);
    const url u = parse_url(p.url, p.allow_remote);
    targets_ = prepare(p.targets, u);
    opening_ = {u.endpoint(), p.sources, {}, {}};
    if (u.websocket) {
      constexpr const char* key = "dGhyZWFkcy12cy1sb29wIQ==";
      opening_.upgrade = upgrade_request(u.host, u.port, u.target, key);
      opening_.accept = accept_of(key);
    }
    const auto threads = static_cast<std::size_t>(p.threads);
    for (std::size_t i = 0; i < threads; ++i) engines_.push_back(make_engine(i, threads));
    for (std::size_t i = 0; i < engines_.size(); ++i)
      threads_.emplace_back([this, i] {
        ::pthread_setname_np(::pthread_self(), "generator");
        if (!plan_.cpus.empty()) pin_this_thread(plan_.cpus[i % plan_.cpus.size()]);
        engines_[i]->run();
      });
  }
  ~fleet() { stop(0); }

  std::unique_ptr<engine> make_engine(std::size_t i, std::size_t threads) const {
    const auto all = static_cast<std::size_t>(plan_.connections);
    const auto first = all * i / threads, count = all * (i + 1) / threads - first;
    share mine;
    mine.first = first;
    mine.connections = static_cast<int>(count);
    mine.requests = plan_.requests * (i + 1) / threads - plan_.requests * i / threads;
    mine.rate = plan_.rate * static_cast<double>(count) / static_cast<double>(all);
    mine.phase = static_cast<double>(i) / static_cast<double>(threads);
    mine.seed = plan_.seed * 1000003 + i;
    mine.spin = may_spin(plan_);
    return std::make_unique<engine>(plan_, mine, targets_, opening_, times);
  }

  // Every connection is ready or has failed once, or for `patience` no further one has: a server may be unable to
  // answer as many at once, which is for the window to show.
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
  // Ends all that has not ended by itself, at `end_ns` or at once, and waits for it.
  void stop(std::int64_t end_ns) {
    times.start = times.window_begin = std::min(times.start.load(), end_ns);
    times.window_end = std::min(times.window_end.load(), end_ns);
    threads_.clear();
  }
  bool ended() const {
    return std::ranges::all_of(engines_, [](const auto& e) { return e->ended(); });
  }
  // When the last engine's window ended; all have ended.
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

void sleep_until(std::int64_t ns, const std::stop_token& stopped) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stopped, at(ns), [] { return false; });
}

void collect_counts(const engine& e, recorder& from, point& into) {
  auto& r = into.requests;
  for (const auto field : request_fields) r.*field += from.counts.*field;
  for (std::size_t i = 0; i < into.targets.size(); ++i) {
    for (const auto field : request_fields) into.targets[i].requests.*field += from.targets[i].counts.*field;
    into.targets[i].response.merge(from.targets[i].response);
    into.targets[i].service.merge(from.targets[i].service);
  }
  into.connections.failed += from.connections.failed;
  into.connections.opened += from.connections.opened;
  into.connections.starved +=
      static_cast<std::uint64_t>(std::ranges::count(e.slots(), std::uint64_t{0}, &connection::replies));
  into.latency.response.merge(from.latency.response);
  into.latency.service.merge(from.latency.service);
  into.latency.lag.merge(from.latency.lag);
  into.latency.pacing.merge(from.latency.pacing);
  into.latency.connect.merge(from.latency.connect);
}

std::optional<double> jain_index(const std::vector<std::unique_ptr<engine>>& engines) {
  double n = 0, sum = 0, squares = 0;
  for (const auto& e : engines)
    for (const auto& c : e->slots()) {
      const auto x = static_cast<double>(c.replies);
      n += 1, sum += x, squares += x * x;
    }
  return squares > 0 ? std::optional(sum * sum / (n * squares)) : std::nullopt;
}

// Of all threads together.
trace_result collect_trace(const fleet& f, const point& of) {
  stall_trace merged;
  for (const auto& e : f.engines()) merged.merge(e->records().trace);
  trace_result result{of.asked.trace_s, {}};
  for (const auto& ns : merged.within(std::llround(of.window_s * 1e9)))
    result.max_us.push_back(ns ? std::optional(static_cast<double>(*ns) / 1e3) : std::nullopt);
  return result;
}

void collect(const fleet& f, point& into) {
  std::int64_t cpu = 0, busiest = 0;
  for (const auto& e : f.engines()) {
    collect_counts(*e, e->records(), into);
    cpu += e->window_cpu_ns();
    busiest = std::max(busiest, e->window_cpu_ns());
  }
  into.connections.jain = jain_index(f.engines());
  if (into.asked.trace_s > 0) into.trace = collect_trace(f, into);
  into.replies = into.requests.ok;
  if (into.window_s <= 0) return;
  into.throughput = static_cast<double>(into.replies) / into.window_s;
  const auto& r = into.requests;
  const auto fell_due = r.scheduled - r.in_flight_at_start - r.unsent_at_start;
  // Not the nominal rate: Poisson arrivals are a few more or fewer by their nature.
  if (into.asked.open_loop() && fell_due > 0)
    into.rate_ratio = static_cast<double>(into.replies) / static_cast<double>(fell_due);
  if (into.replies > 0)
    into.generator.cpu_us_per_request = static_cast<double>(cpu) / 1e3 / static_cast<double>(into.replies);
  into.generator.cpu_share = static_cast<double>(busiest) / 1e9 / into.window_s;
}

// The rows of one second from all threads as one.
second merge_second(const fleet& f, double t) {
  second row;
  row.t = t;
  histogram response;
  for (const auto& e : f.engines())
    for (const auto& part : e->records().take_seconds()) {
      row.ok += part.ok;
      row.errors += part.errors;
      response.merge(part.response);
    }
  if (const auto p50 = response.quantile(0.5, samples_beyond)) row.p50 = static_cast<double>(*p50) / 1e3;
  if (const auto p99 = response.quantile(0.99, samples_beyond)) row.p99 = static_cast<double>(*p99) / 1e3;
  return row;
}

// Follows the window second by second; returns when it is over or stopped.
void follow(const fleet& f, std::int64_t begin, std::int64_t end, const watcher& w, point& into) {
  std::optional<meter::reading> last = w.server ? std::optional(w.server->read()) : std::nullopt;
  for (std::int64_t edge = begin; edge < end && !w.stop.stop_requested();) {
    edge = std::min(edge + to_ns(1), end);
    // The engines hand over a second once they have seen its end.
    for (const auto due = edge < end ? edge + to_ns(0.02) : end;
         clock_now() < due && !f.ended() && !w.stop.stop_requested();)
      sleep_until(into.asked.requests > 0 ? std::min(due, clock_now() + to_ns(0.005)) : due, w.stop);
    if (edge >= end || f.ended() || w.stop.stop_requested()) return;
    second row = merge_second(f, static_cast<double>(edge - begin) / 1e9);
    if (w.server) {
      const auto now = w.server->read();
      row.server_cpu = w.server->cost(*last, now, 1).cpu_share;
      last = now;
    }
    into.timeline.push_back(row);
    if (w.each_second) w.each_second(row);
  }
}

}  // namespace

budget check_limits(const plan& p) {
  const budget b = claim_budget(p.sources.size());
  b.check(static_cast<std::uint64_t>(p.connections + p.crowd.connections()));
  return b;
}

namespace {

// The machine and, as far as they are watched, the server and its services at the window's two ends.
struct bracket {
  host_reading host_begin;
  std::optional<meter::reading> begin;
  std::vector<meter::reading> services_begin;
  host_reading host_end;
  std::optional<meter::reading> end;
  std::vector<meter::reading> services_end;
};

std::optional<meter::reading> read_server(const watcher& w) {
  return w.server ? std::optional(w.server->read()) : std::nullopt;
}

std::vector<meter::reading> read_services(const watcher& w) {
  std::vector<meter::reading> all;
  for (const auto* service : w.services) all.push_back(service->read());
  return all;
}

void wait_for_connections(const fleet& f, crowd* beside, const plan& p, const watcher& w) {
  f.wait_until_settled(std::chrono::nanoseconds(to_ns(std::min(p.timeout_s, 2.0) + p.ramp_s)), w.stop);
  if (beside) beside->wait_until_settled(std::chrono::nanoseconds(to_ns(p.timeout_s)), w.stop);
  if (f.sum(&engine::most_established) == 0 && !w.stop.stop_requested())
    throw bad_plan("cannot connect to " + p.url + ": " + std::strerror(f.engines().front()->last_error()));
}

// From the first request to the end of the window.
bracket measure(fleet& f, crowd* beside, const watcher& w, point& into) {
  const plan& p = into.asked;
  const std::int64_t start = clock_now() + to_ns(0.001);
  const std::int64_t begin = start + to_ns(p.warmup_s), end = begin + to_ns(p.seconds);
  f.times.window_end = end;
  f.times.window_begin = begin;
  f.times.start = start;

  sleep_until(begin, w.stop);
  bracket ends;
  ends.host_begin = read_host();
  ends.begin = read_server(w);
  ends.services_begin = read_services(w);
  if (beside) beside->begin_window();
  follow(f, begin, end, w, into);
  const std::int64_t over = f.ended() ? std::min(end, f.ended_at()) : std::min(end, clock_now());
  ends.end = read_server(w);
  ends.services_end = read_services(w);
  ends.host_end = read_host();
  f.stop(over);
  if (beside) into.crowd = beside->end_window();
  into.interrupted = over < end && w.stop.stop_requested();
  into.window_s = static_cast<double>(std::max(over - begin, std::int64_t{0})) / 1e9;
  return ends;
}

// CPU time of the services, those of which it is known.
std::int64_t add_services(const bracket& ends, const watcher& w, point& into) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < w.services.size(); ++i) {
    const auto &begin = ends.services_begin[i], &end = ends.services_end[i];
    into.services_cpu_share.push_back(w.services[i]->cost(begin, end, 0).cpu_share);
    if (into.services_cpu_share.back()) sum += *end.cpu_ns - *begin.cpu_ns;
  }
  return sum;
}

void add_costs(const bracket& ends, const watcher& w, point& into) {
  const auto services_ns = add_services(ends, w, into);
  if (!w.server) return;
  into.server = w.server->cost(*ends.begin, *ends.end, into.replies);
  w.server->read_memory(into.server);
  if (!ends.begin->cpu_ns || !ends.end->cpu_ns) return;
  const auto server_ns = *ends.end->cpu_ns - *ends.begin->cpu_ns;
  into.host.others_share = others_share(ends.host_begin, ends.host_end, server_ns + services_ns);
}

}  // namespace

point run(const plan& p, const watcher& w) {
  check_limits(p);
  point result;
  result.asked = p;
  result.started = utc_now();
  if (p.targets.size() > 1)
    for (const auto& t : p.targets) result.targets.push_back({t, {}, {}, {}});
  fleet f(p);
  std::optional<crowd> beside;
  if (p.crowd.connections() > 0)
    beside.emplace(p.crowd, parse_url(p.url, p.allow_remote), p.sources,
                   p.cpus.empty() ? std::nullopt : std::optional(p.cpus.back()));
  crowd* const others = beside ? &*beside : nullptr;
  wait_for_connections(f, others, p, w);
  result.connections.asked = static_cast<std::uint64_t>(p.connections);
  const bracket ends = measure(f, others, w, result);
  result.connections.established = static_cast<std::uint64_t>(f.sum(&engine::most_established));
  collect(f, result);
  result.timeline.push_back(merge_second(f, result.window_s));
  add_costs(ends, w, result);
  result.verdict = judge(result);
  return result;
}

}  // namespace tvl::load
