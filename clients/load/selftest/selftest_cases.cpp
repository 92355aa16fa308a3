#include "clients/load/selftest/selftest_cases.hpp"

#include "clients/load/run/run.hpp"
#include "clients/load/selftest/expected_values.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();  // fails every comparison, prints as n/a
constexpr double floor_rate = 1000;
constexpr int enough_connections = 64;  // so many that requests do not wait for a free one

finding judged(std::string measured, std::string expected, bool right) {
  return {std::move(measured), std::move(expected), right ? finding::outcome::pass : finding::outcome::fail};
}

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
  char buffer[160];
  va_list values;
  va_start(values, format);
  std::vsnprintf(buffer, sizeof buffer, format, values);
  va_end(values);
  return buffer;
}

std::string us(double value) { return std::isnan(value) ? "n/a" : text("%.1f us", value); }
std::string ms(double value_us) { return std::isnan(value_us) ? "n/a" : text("%.2f ms", value_us / 1e3); }

double quantile_us(const histogram& h, double q) {
  const auto ns = h.quantile(q, samples_beyond);
  return ns ? static_cast<double>(*ns) / 1e3 : unknown;
}
double mean_us(const histogram& h) { return h.mean() ? *h.mean() / 1e3 : unknown; }

reference_server::options on(const test_machine& m) { return {.child = true, .cpu = m.server_cpu}; }

plan offer(const test_machine& m, const reference_server& s, std::string_view path, double seconds, double rate) {
  plan p;
  p.url = s.url(path);
  p.connections = enough_connections;
  p.rate = rate;
  p.arrivals = arrivals::constant;
  p.idle = idle_strategy::spin;
  p.warmup_s = 0.2;
  p.seconds = seconds;
  if (m.generator_cpu) p.cpus = {*m.generator_cpu};
  return p;
}

bool conserved(const request_counts& r) {
  return r.scheduled == r.sent + r.unsent &&
         r.sent == r.ok + r.status_errors + r.protocol_errors + r.timeouts + r.resets + r.in_flight_at_end;
}

// `exact`: all sums are right. `enough`: the tested situation occurred; on a busy machine it may not.
finding counted(std::string measured, std::string expected, bool exact, bool enough) {
  auto f = judged(std::move(measured), std::move(expected), enough);
  if (!exact) f.result = finding::outcome::wrong;
  return f;
}

// ---- this machine's floor

finding timer_error(test_machine& m) {
  reference_server s(on(m));
  const auto lag = run(offer(m, s, "/constant/0", m.seconds(3, 1.2), floor_rate)).latency.lag;
  return {"p50 " + us(quantile_us(lag, 0.5)) + ", p99 " + us(quantile_us(lag, 0.99)), "", finding::outcome::floor};
}

finding latency_floor(test_machine& m) {
  reference_server s(on(m));
  const auto response = run(offer(m, s, "/constant/0", m.seconds(3, 1.2), floor_rate)).latency.response;
  m.floor_p50_us = quantile_us(response, 0.5);
  m.floor_mean_us = mean_us(response);
  return {"p50 " + us(m.floor_p50_us) + ", p99 " + us(quantile_us(response, 0.99)), "", finding::outcome::floor};
}

// Doubles the rate until requests are sent late or replies are missing. The server may be the limit.
finding highest_trusted_rate(test_machine& m) {
  constexpr double most_lag_us = 50;
  double trusted = unknown;
  std::string ended_by;
  reference_server s(on(m));
  for (double rate = 2000; ended_by.empty(); rate *= 2) {
    const point p = run(offer(m, s, "/constant/0", m.seconds(1, 0.6), rate));
    const double lag = quantile_us(p.latency.lag, 0.99);
    if (p.rate_ratio.value_or(0) < 0.99)
      ended_by = text("%.0f/s: only %.3f of it was answered", rate, p.rate_ratio.value_or(0));
    else if (!(lag <= most_lag_us))
      ended_by = text("%.0f/s: lag p99 ", rate) + us(lag);
    else
      trusted = rate;
  }
  return {(std::isnan(trusted) ? "n/a" : text("%.0f/s", trusted)) + "; " + ended_by, "", finding::outcome::floor};
}

// ---- known delays

// A quantile may differ by 50 us or 1 % from the expected value plus the machine's floor.
bool is_near(double measured_us, double expected_us, const test_machine& m) {
  return std::abs(measured_us - expected_us - m.floor_p50_us) <= std::max(50.0, expected_us * 0.01);
}

template <int Microseconds>
finding constant_delay(test_machine& m) {
  reference_server s(on(m));
  const auto path = "/constant/" + std::to_string(Microseconds);
  const double p50 = quantile_us(run(offer(m, s, path, m.seconds(3, 1), 200)).latency.response, 0.5);
  return judged("p50 " + us(p50), us(Microseconds) + " + floor +- 50 us or 1 %", is_near(p50, Microseconds, m));
}

finding mixture(test_machine& m) {
  const std::vector<analytic::component> parts = {{0.95, 1000}, {0.05, 50'000}};
  reference_server s(on(m));
  const auto response = run(offer(m, s, "/mixture", m.seconds(10, 3), 500)).latency.response;
  finding result = judged("", "", true);
  for (const double q : {0.5, 0.9, 0.98}) {
    const double measured = quantile_us(response, q), expected = analytic::mixture_quantile(parts, q);
    result.measured += text("p%.0f ", q * 100) + ms(measured) + " ";
    result.expected += text("p%.0f ", q * 100) + ms(expected) + " ";
    if (!is_near(measured, expected, m)) result.result = finding::outcome::fail;
  }
  result.expected += "+ floor";
  return result;
}

// ---- coordinated omission

struct stalled {
  point result;
  double stall_s = 0;  // actual length
};

stalled run_with_stall(const test_machine& m, double seconds, double stall_s) {
  constexpr double rate = 1000;
  reference_server s(on(m));
  plan p = offer(m, s, "/constant/0", seconds, rate);
  p.connections = 16;  // requests in flight during the stall must be far less than 1 % of all
  stalled r;
  std::jthread stopper([&](const std::stop_token& over) {
    using clock = std::chrono::steady_clock;
    while (static_cast<double>(s.seen().requests) < rate * seconds / 4 && !over.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto begin = clock::now();
    s.signal(SIGSTOP);
    std::this_thread::sleep_for(std::chrono::duration<double>(stall_s));
    s.signal(SIGCONT);
    r.stall_s = std::chrono::duration<double>(clock::now() - begin).count();
  });
  r.result = run(p);
  stopper.join();
  return r;
}

finding stall(test_machine& m) {
  const double seconds = m.seconds(20, 5);
  const stalled r = run_with_stall(m, seconds, m.seconds(1.4, 0.35));
  const double expected = analytic::stall_quantile(0.99, r.stall_s, seconds) * 1e6;
  const double response = quantile_us(r.result.latency.response, 0.99);
  const double service = quantile_us(r.result.latency.service, 0.99);
  return judged("p99 response " + ms(response) + ", service " + ms(service),
                ms(expected) + " +- 5 %, service < 5 % of it",
                std::abs(response / expected - 1) <= 0.05 && service < expected * 0.05);
}

// ---- queues

constexpr int queue_us = 500;
constexpr double queue_rate = 1000;  // half of what the worker can do

double mean_wait_us(const test_machine& m, arrivals kind) {
  reference_server s(on(m));
  plan p = offer(m, s, "/queue/" + std::to_string(queue_us), m.seconds(20, 8), queue_rate);
  p.arrivals = kind;
  return mean_us(run(p).latency.response) - queue_us - m.floor_mean_us;
}

// The sampling error of the mean wait is 3 % in 20 s and 5 % in 8 s.
finding md1_queue(test_machine& m) {
  const double expected = analytic::md1_mean_wait(queue_rate, queue_us / 1e6) * 1e6;
  const double tolerance = m.quick ? 0.15 : 0.10;
  const double wait = mean_wait_us(m, arrivals::poisson);
  return judged("mean wait " + us(wait), us(expected) + text(" +- %.0f %%", tolerance * 100),
                std::abs(wait / expected - 1) <= tolerance);
}

finding dd1_queue(test_machine& m) {
  const double wait = mean_wait_us(m, arrivals::constant);
  return judged("mean wait " + us(wait), "0 +- 25 us", std::abs(wait) <= 25);
}

finding closed_loop_law(test_machine& m, int connections, double think_s) {
  constexpr double service_s = 0.002;
  reference_server s(on(m));
  plan p = offer(m, s, "/queue/2000", m.seconds(3, 1), 0);
  p.connections = connections;
  p.think_s = think_s;
  const double throughput = run(p).throughput.value_or(unknown);
  const double expected = analytic::closed_loop_throughput(connections, service_s, think_s);
  return judged(text("%.1f/s", throughput), text("%.1f/s +- 5 %%", expected),
                std::abs(throughput / expected - 1) <= 0.05);
}
finding closed_loop_bound_by_clients(test_machine& m) { return closed_loop_law(m, 4, 0.020); }
finding closed_loop_bound_by_worker(test_machine& m) { return closed_loop_law(m, 8, 0); }

// ---- counting

finding conservation(test_machine& m) {
  reference_server s(on(m));
  plan p = offer(m, s, "/constant/100", m.seconds(2, 0.5), 0);
  p.warmup_s = 0;
  const auto r = run(p).requests;
  s.stop();
  // Without the connection warm-up.
  const std::uint64_t seen = s.seen().requests - static_cast<std::uint64_t>(p.connections);
  return counted(text("sent %llu, server saw %llu", static_cast<unsigned long long>(r.sent),
                      static_cast<unsigned long long>(seen)),
                 "equal, and all sums exact", conserved(r) && r.sent == seen, r.ok > 0);
}

finding conservation_when_killed(test_machine& m) {
  reference_server s(on(m));
  plan p = offer(m, s, "/constant/100", m.seconds(2, 0.5), 0);
  p.warmup_s = 0;
  const std::jthread killer([&](const std::stop_token& over) {
    while (s.seen().replies < 1000 && !over.stop_requested()) std::this_thread::yield();
    s.signal(SIGKILL);
  });
  const point result = run(p);
  const auto& r = result.requests;
  return counted(
      text("ok %llu, lost %llu, unsent %llu", static_cast<unsigned long long>(r.ok),
           static_cast<unsigned long long>(r.resets + r.protocol_errors), static_cast<unsigned long long>(r.unsent)),
      "all sums exact", conserved(r), r.ok > 0 && r.unsent > 0);
}

finding censoring(test_machine& m) {
  constexpr int silent = 3;
  auto how = on(m);
  how.silent = silent;
  reference_server s(how);
  plan p = offer(m, s, "/constant/1000", m.seconds(1, 0.5), 0);
  p.connections = 8;
  const point r = run(p);
  return counted(text("%llu starved, %llu in flight at the end", static_cast<unsigned long long>(r.connections.starved),
                      static_cast<unsigned long long>(r.requests.in_flight_at_end)),
                 "3 starved, at least 3 in flight",
                 conserved(r.requests) && r.connections.starved >= silent && r.requests.in_flight_at_end >= silent,
                 r.connections.starved == silent);
}

// ---- pacing and verdict

finding poisson_arrivals(test_machine& m) {
  constexpr double rate = 500;
  reference_server s(on(m));
  plan p = offer(m, s, "/constant/100", m.seconds(4, 2), rate);
  p.arrivals = arrivals::poisson;
  run(p);
  s.stop();
  std::vector<double> gaps;
  const auto& seen = s.seen();
  for (std::size_t i = enough_connections + 1; i < std::min<std::size_t>(seen.requests, ledger::most_exchanges); ++i)
    gaps.push_back(static_cast<double>(seen.exchanges[i].read - seen.exchanges[i - 1].read) / 1e9);
  const auto fit = analytic::exponential_gaps(gaps, rate);
  return judged(text("KS %.4f of %zu gaps at the server", fit.statistic, gaps.size()), text("<= %.4f", fit.limit),
                fit.pass);
}

finding starved_generator(test_machine& m) {
  reference_server s(on(m));
  const std::jthread burner([&](const std::stop_token& over) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(*m.generator_cpu, &set);
    ::sched_setaffinity(0, sizeof set, &set);
    while (!over.stop_requested()) {
    }
  });
  const auto verdict = run(offer(m, s, "/constant/0", m.seconds(2, 1), 5000)).verdict;
  return judged((verdict.valid ? "valid, limiter " : "not valid, limiter ") + verdict.limiter,
                "not valid, limiter generator", !verdict.valid && verdict.limiter == "generator");
}

// A/A control, pairs in alternating order: the 99 % confidence interval of the mean log ratio must contain 0 and be
// narrow.
finding same_against_same(test_machine& m) {
  constexpr int pairs = 6;
  constexpr double t_99 = 4.032;  // Student, 5 degrees of freedom, two-sided
  reference_server s(on(m));
  const plan p = offer(m, s, "/constant/1000", m.seconds(1, 0.4), floor_rate);
  std::vector<double> logs;
  for (int i = 0; i < pairs; ++i) {
    const double first = mean_us(run(p).latency.response), second = mean_us(run(p).latency.response);
    logs.push_back(std::log(i % 2 == 0 ? first / second : second / first));
  }
  double mean = 0, squares = 0;
  for (const double x : logs) mean += x / pairs;
  for (const double x : logs) squares += (x - mean) * (x - mean);
  const double half = t_99 * std::sqrt(squares / (pairs - 1) / pairs);
  return judged(
      text("ratio of means %.4f, 99 %% CI %.4f to %.4f", std::exp(mean), std::exp(mean - half), std::exp(mean + half)),
      "contains 1, at most 10 % wide", std::abs(mean) <= half && half <= 0.05);
}

// ---- all cases

constexpr selftest_case tests[] = {
    {"timer error", timer_error, false},
    {"latency floor, 1000/s", latency_floor, false},
    {"highest trusted rate", highest_trusted_rate, true},
    {"constant delay 0.1 ms", constant_delay<100>, true, true},
    {"constant delay 1 ms", constant_delay<1000>, true, true},
    {"constant delay 10 ms", constant_delay<10'000>, true, true},
    {"constant delay 100 ms", constant_delay<100'000>, true, true},
    {"mixture 95 % 1 ms, 5 % 50 ms", mixture, true, true},
    {"server stopped (SIGSTOP)", stall, true},
    {"M/D/1 queue, half full", md1_queue, true, true},
    {"D/D/1 queue, half full", dd1_queue, true, true},
    {"closed loop, clients think", closed_loop_bound_by_clients, true},
    {"closed loop, worker full", closed_loop_bound_by_worker, true},
    {"conservation", conservation, false},
    {"conservation, server killed", conservation_when_killed, false},
    {"censoring", censoring, false},
    {"Poisson at the server", poisson_arrivals, true},
    {"starved generator", starved_generator, true},
    {"A/A", same_against_same, true},
};

}  // namespace

std::span<const selftest_case> selftest_cases() { return tests; }

}  // namespace tvl::load
