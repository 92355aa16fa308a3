#include "clients/load/analysis/verdict.hpp"

#include "clients/load/base/number.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

// Collects reasons: those that invalidate the point first, then notes, each by weight. The first decides the limiter.
class findings {
 public:
  void invalid(const std::string& limiter, const reason& why, const std::vector<std::string>& figures = {everything}) {
    result_.invalidate(limiter, figures);
    result_.reasons.insert(result_.reasons.begin() + grave_++, why);
  }
  void note(const std::string& limiter, const reason& why) {
    if (result_.limiter == "none") result_.limiter = limiter;
    result_.reasons.push_back(why);
  }
  verdict take() { return std::move(result_); }

 private:
  verdict result_;
  std::ptrdiff_t grave_ = 0;
};

// Changes in the window do not invalidate a point, but before the first one the server must have kept up: later phases
// are compared with it.
void check_first_phase(const point& p, const thresholds& at, findings& f) {
  if (p.phases.empty()) return;
  const auto& first = p.phases.front();
  if (first.scheduled == 0) return;
  // A reconnect storm cuts off up to one request on each connection.
  const auto cut_off = std::min(first.unanswered, static_cast<std::uint64_t>(first.connections));
  const double ok = static_cast<double>(first.ok + cut_off) / static_cast<double>(first.scheduled);
  if (ok < at.least_rate_ratio)
    f.invalid("rate-not-met",
              {"rate-not-met", "answered " + number(ok * 100) + " % of the requests before the first change"});
}

void check_errors(const point& p, const thresholds& at, findings& f) {
  const auto& r = p.requests;
  const auto errors = r.status_errors + r.protocol_errors + r.timeouts + r.resets;
  if (errors == 0) return;
  const reason what = {"errors", std::to_string(errors) + " of " + std::to_string(r.sent) + " requests failed (" +
                                     std::to_string(r.status_errors) + " status, " + std::to_string(r.protocol_errors) +
                                     " protocol, " + std::to_string(r.timeouts) + " time-outs, " +
                                     std::to_string(r.resets) + " resets)"};
  if (p.phases.empty() && static_cast<double>(errors) > at.most_errors * static_cast<double>(r.sent))
    f.invalid("errors", what);
  else
    f.note("errors", what);
}

void check_connections(const point& p, findings& f) {
  const auto& c = p.connections;
  if (c.established < c.asked)
    f.invalid("connections",
              {"connections-missing", std::to_string(c.established) + " of " + std::to_string(c.asked) +
                                          " connections were established" +
                                          (c.first_error ? ", the first failed: " + *c.first_error : "")});
  if (c.closed.value_or(0) > 0)
    f.note("none", {"connections-closed", "the server closed " + std::to_string(*c.closed) +
                                              " connections between replies, without saying so"});
  if (c.starved > 0 && !p.asked.open_loop())
    f.note("connections", {"connections-starved", std::to_string(c.starved) + " of " + std::to_string(c.asked) +
                                                      " connections got no reply at all"});
}

// Messages that are no echo take the server's and the generator's time, but no request failed.
void check_websocket(const point& p, findings& f) {
  if (!p.websocket || p.websocket->unasked == 0) return;
  f.note("none", {"unasked-messages",
                  std::to_string(p.websocket->unasked) +
                      " messages that no request asked for, the first: " + p.websocket->first_unasked.value_or("n/a")});
}

// Idle background connections must all be established, otherwise the point is invalid. A server may refuse or end slow
// and pipelining clients.
void check_background(const point& p, findings& f) {
  if (!p.crowd) return;
  const auto check = [&](const char* kind, const std::optional<background_group_counts>& c, bool required) {
    if (!c) return;
    const std::string of_asked = " of " + std::to_string(c->asked) + " " + kind;
    const std::string because = c->first_error ? ", the first: " + *c->first_error : "";
    if (c->established < c->asked) {
      const reason what = {"background-missing",
                           std::to_string(c->established) + of_asked + " were established" + because};
      required ? f.invalid("connections", what) : f.note("none", what);
    }
    if (c->lost > 0)
      f.note("none",
             {"background-lost", "the server ended " + std::to_string(c->lost) + " connections" + of_asked + because});
    if (c->failed > 0)
      f.note("none", {"background-failed", std::to_string(c->failed) + " connects failed" + of_asked + because});
  };
  check("idle connections", p.crowd->idle, true);
  check("idle WebSockets", p.crowd->idle_websockets, true);
  check("pipelining clients", p.crowd->greedy, false);
  check("slow senders", p.crowd->slow_senders, false);
  check("slow readers", p.crowd->slow_readers, false);
}

// Replies with a response time, which requests without a reply have too.
std::uint64_t answered(const point& p) { return std::min(p.replies, p.latency.response.count()); }

void check_samples(const point& p, findings& f) {
  const auto too_few = [&](const char* what) {
    return reason{"too-few-samples", std::to_string(answered(p)) + " replies are too few for a " + what};
  };
  if (answered(p) / 2 >= samples_beyond) {
    if (answered(p) / 100 < samples_beyond) f.note("none", too_few("p99"));
  } else if (p.asked.overload) {
    f.note("too-few-samples", too_few("median"));  // no replies is a result under overload
  } else {
    f.invalid("too-few-samples", too_few("median"));
  }
}

bool server_is_full(const point& p, const thresholds& at) {
  return p.server.cpu_share && *p.server.cpu_share > at.server_full * p.asked.server_cores;
}

void check_backlog(const point& p, const thresholds& at, findings& f) {
  const auto overdue = p.requests.unsent_at_start;
  if (!p.asked.open_loop() || static_cast<double>(overdue) <= at.most_under_way) return;
  const auto due = p.requests.scheduled - p.requests.in_flight_at_start - overdue;
  if (static_cast<double>(overdue) <= at.most_backlog * static_cast<double>(due)) return;
  f.invalid(server_is_full(p, at) ? "server-cpu" : "backlog",
            {"backlog", std::to_string(overdue) + " requests were overdue when the window began, in which " +
                            std::to_string(due) + " fell due"},
            {response_times, goodput});
}

// Generators of servers that are loaded together take turns on their core: only CPU compares, see concurrent.hpp.
bool takes_turns(const point& p) { return p.asked.together > 1; }

void check_pauses(const point& p, const thresholds& at, findings& f) {
  if (takes_turns(p)) return;
  const auto& paused = p.generator.paused_s;
  if (!paused || *paused <= at.most_paused * p.window_s) return;
  std::vector<std::string> figures{*paused > at.most_paused_for_median * p.window_s ? response_times : response_tail};
  if (!p.asked.open_loop()) figures.push_back(goodput);  // a closed loop does not make up for what it has not sent
  f.invalid("generator",
            {"generator-late", "the generator did not run for " + number(*paused * 1000) + " ms of the window"},
            figures);
}

void check_lateness(const point& p, const thresholds& at, findings& f) {
  if (!p.asked.open_loop() || takes_turns(p)) return;
  const auto late_us = [&](double quantile) {
    const auto late = p.latency.pacing.quantile(quantile);
    return late ? static_cast<double>(*late) / 1e3 : 0;
  };
  const bool sleeps = p.asked.idle == idle_strategy::sleep;
  const auto what = [&](double us, const char* quantile) {
    return "requests left the generator " + number(us) + " us late (" + quantile + ")";
  };
  const double median = late_us(0.5), tail = late_us(0.99);
  if (median > (sleeps ? at.most_median_lag_asleep_us : at.most_median_lag_us))
    f.invalid("generator", {"generator-late", what(median, "median")}, {response_times});
  else if (tail > (sleeps ? at.most_lag_asleep_us : at.most_lag_us))
    f.invalid("generator", {"generator-late", what(tail, "p99")}, {response_tail});
  else if (tail > at.most_lag_us)
    f.note("none", {"generator-late", what(tail, "p99") + ": response times are no more exact"});
}

void check_rate(const point& p, const thresholds& at, findings& f) {
  if (!p.asked.open_loop()) return;
  if (!p.rate_ratio || *p.rate_ratio >= (p.targets.empty() ? at.least_rate_ratio : at.least_rate_ratio_of_a_mix))
    return;
  const auto replies = static_cast<double>(answered(p));
  if (*p.rate_ratio > 0 && replies > 0 && replies / *p.rate_ratio - replies <= at.most_under_way) return;
  const std::string limiter = server_is_full(p, at) ? "server-cpu" : "rate-not-met";
  const reason what = {"rate-not-met", "answered " + number(*p.rate_ratio * 100) + " % of the requests that fell due"};
  const bool on_purpose = p.asked.overload || !p.phases.empty();
  on_purpose ? f.note(limiter, what) : f.invalid(limiter, what);
}

void check_host(const point& p, const thresholds& at, findings& f) {
  const auto& other_processes = p.host.others_cpu_share;
  const bool busy = other_processes && *other_processes > most_others(p.host.cores.value_or(0), at);
  const auto used = busy ? "other processes used " + number(*other_processes * 100) + " % of a core meanwhile" : "";
  if (p.host.beside_other_work)
    f.note("none", {"beside-other-work", "measured beside other work" + (busy ? ": " + used : "")});
  else if (busy)
    f.invalid("host-busy", {"host-busy", used});
}

void check_cores(const point& p, const thresholds& at, findings& f) {
  const auto& server = p.server.cpu_share;
  const auto& generator = p.generator.cpu_share;
  if (server_is_full(p, at))
    f.note("server-cpu", {"server-cpu", "the server used " + number(*server * 100) + " % of a core"});
  else if (generator && *generator > at.generator_full && !p.asked.open_loop())
    f.note("generator", {"generator-full", "the generator used " + number(*generator * 100) +
                                               " % of its core: the server may be faster"});
}

// Little's law: connections = throughput x time of a request. A closed loop that violates it has starved connections,
// or a wrong clock.
void check_little(const point& p, const thresholds& at, findings& f) {
  const auto mean = p.latency.response.mean();
  if (p.asked.open_loop() || !p.phases.empty() || !mean || !p.throughput || answered(p) < 1000) return;
  // The law holds in the long run: in a short window, one request per connection matters.
  if (p.window_s < 20 * (*mean / 1e9 + p.asked.think_s)) return;
  const double busy = *p.throughput * (*mean / 1e9 + p.asked.think_s);
  const auto connections = static_cast<double>(p.connections.established);
  if (std::abs(busy / connections - 1) > at.most_little_error)
    f.note("connections",
           {"littles-law", "Little's law: " + number(connections) +
                               " connections, but throughput x response time accounts for " + number(busy)});
}

}  // namespace

void verdict::invalidate(const std::string& by, const std::vector<std::string>& figures) {
  if (valid) limiter = by;  // instead of that of a note
  valid = false;
  const auto known = [&](const std::string& name) { return std::ranges::find(spoilt, name) != spoilt.end(); };
  for (const auto& name : figures) {
    if (name == everything && !known(name)) spoilt.clear();
    if (!known(everything) && !known(name)) spoilt.push_back(name);
  }
}

double most_others(std::size_t cores, const thresholds& at) {
  return std::max(at.most_others, at.most_others_of_a_core * static_cast<double>(cores));
}

verdict judge(const point& p, const thresholds& at) {
  findings f;
  if (p.interrupted) f.invalid("none", {"interrupted", "interrupted after " + number(p.window_s) + " s"});
  check_host(p, at, f);
  check_first_phase(p, at, f);
  check_errors(p, at, f);
  check_connections(p, f);
  check_websocket(p, f);
  check_background(p, f);
  check_samples(p, f);
  check_pauses(p, at, f);
  check_lateness(p, at, f);  // a generator that stops makes a backlog: it is the cause
  check_backlog(p, at, f);
  check_rate(p, at, f);
  check_cores(p, at, f);
  check_little(p, at, f);
  return f.take();
}

verdict with_parts(verdict whole, const verdict& parts) {
  if (parts.valid) return whole;
  if (whole.valid) return parts;
  whole.invalidate(parts.limiter, parts.spoilt);
  for (const auto& why : parts.reasons)
    if (std::ranges::find(whole.reasons, why.code, &reason::code) == whole.reasons.end()) whole.reasons.push_back(why);
  return whole;
}

}  // namespace tvl::load
