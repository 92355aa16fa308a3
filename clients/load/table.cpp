#include "clients/load/table.hpp"

#include "clients/load/protocol/url.hpp"

#include <nlohmann/json.hpp>

#include <iomanip>
#include <iostream>
#include <optional>
#include <ostream>
#include <sstream>
#include <utility>

namespace tvl::load {
namespace {

template <class T>
std::string show(const std::optional<T>& value, int digits = 2) {
  if (!value) return "n/a";
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << *value;
  return text.str();
}

std::optional<double> micro(const std::optional<std::int64_t>& ns) {
  return ns ? std::optional(static_cast<double>(*ns) / 1e3) : std::nullopt;
}

std::optional<double> mebi(const std::optional<std::uint64_t>& bytes) {
  return bytes ? std::optional(static_cast<double>(*bytes) / (1 << 20)) : std::nullopt;
}

void print_columns(std::ostream& out) {
  out << std::left << std::setw(10) << "us" << std::right;
  for (const char* column : {"min", "p50", "p90", "p99", "p99.9", "max"}) out << std::setw(12) << column;
  out << '\n';
}

void print_latency(std::ostream& out, const char* name, const histogram& h) {
  if (h.count() == 0) return;
  out << std::left << std::setw(10) << name << std::right;
  for (const auto value :
       {micro(h.min()), micro(h.quantile(0.5, samples_beyond)), micro(h.quantile(0.9, samples_beyond)),
        micro(h.quantile(0.99, samples_beyond)), micro(h.quantile(0.999, samples_beyond)), micro(h.max())})
    out << std::setw(12) << show(value, 1);
  out << '\n';
}

void print_status_codes(std::ostream& out, const point& p) {
  if (!p.status_codes || p.status_codes->empty()) return;
  const char* before = "status codes ";
  for (const auto& [code, n] : *p.status_codes) out << std::exchange(before, ", ") << code << ": " << n;
  out << '\n';
}

void print_hosts(std::ostream& out, const point& p) {
  if (p.hosts.empty()) return;
  out << '\n' << std::left << std::setw(16) << "load host" << std::right;
  for (const char* column : {"replies", "rate", "us CPU", "lag p99 us", "p99 us", "clock +- us"})
    out << std::setw(12) << column;
  out << '\n';
  for (const auto& h : p.hosts) {
    const auto clock = h.clock_uncertainty_s ? std::optional(*h.clock_uncertainty_s * 1e6) : std::nullopt;
    out << std::left << std::setw(16) << h.name.substr(0, 15) << std::right << std::setw(12) << h.replies
        << std::setw(12) << show(h.rate_ratio, 3) << std::setw(12) << show(h.cpu_us_per_request) << std::setw(12)
        << show(h.pacing_p99_us, 1) << std::setw(12) << show(h.response_p99_us, 1) << std::setw(12) << show(clock, 1)
        << (h.valid ? "\n" : " !\n");
  }
}

void print_probe(std::ostream& out, const point& p) {
  if (!p.probe) return;
  const auto& r = p.probe->response;
  out << "\nprobe      on " << p.probe->host.name << (p.probe->host.valid ? "" : " !") << ": " << p.probe->requests.sent
      << " requests at " << show(std::optional(p.probe->rate), 0) << "/s, us: p50 "
      << show(micro(r.quantile(0.5, samples_beyond)), 1) << ", p99 " << show(micro(r.quantile(0.99, samples_beyond)), 1)
      << ", p99.9 " << show(micro(r.quantile(0.999, samples_beyond)), 1) << ", max " << show(micro(r.max()), 1)
      << ", lag p99 " << show(p.probe->host.pacing_p99_us, 1) << '\n';
}

void print_phases(std::ostream& out, const point& p) {
  if (p.phases.empty()) return;
  out << '\n';
  for (const char* column :
       {"from s", "rate/s", "open", "scheduled", "goodput/s", "errors", "unanswered", "p50 us", "p99 us"})
    out << std::setw(11) << column;
  out << '\n';
  for (const auto& each : p.phases)
    out << std::setw(11) << show(std::optional(each.begin_s), 2) << std::setw(11) << show(each.rate, 0) << std::setw(11)
        << each.connections << std::setw(11) << each.scheduled << std::setw(11) << show(each.goodput, 0)
        << std::setw(11) << each.errors << std::setw(11) << each.unanswered << std::setw(11)
        << show(micro(each.response.quantile(0.5, samples_beyond)), 1) << std::setw(11)
        << show(micro(each.response.quantile(0.99, samples_beyond)), 1) << '\n';
  out << "recovery   p99 as before the first change after " << show(p.recovery.response_s, 1) << " s";
  if (p.asked.storm_s || p.asked.late) out << ", all served after " << show(p.recovery.all_served_s, 3) << " s";
  out << '\n';
}

}  // namespace

void print_progress(std::ostream& out, const timeline_row& row) {
  out << '\r' << std::setw(5) << show(std::optional(row.t), 0) << " s  " << row.ok << " ok  " << row.errors
      << " errors  p50 " << show(row.p50, 0) << " us  p99 " << show(row.p99, 0) << " us   " << std::flush;
}

void print_table(std::ostream& out, const point& p) {
  const auto& r = p.requests;
  out << without_password(p.asked.url) << ", " << p.connections.established << '/' << p.connections.asked
      << " connections, " << show(std::optional(p.window_s), 1) << " s, "
      << (p.asked.open_loop() ? "open loop at " + show(std::optional(p.asked.rate), 0) + "/s"
                              : std::string("closed loop"))
      << "\n\n";
  out << show(p.throughput, 0) << " replies/s";
  if (p.rate_ratio) out << " (" << show(p.rate_ratio, 4) << " of the rate asked)";
  out << "\n"
      << r.sent << " sent, " << r.ok << " ok, " << r.status_errors << " status errors, " << r.protocol_errors
      << " protocol errors, " << r.timeouts << " time-outs, " << r.resets << " resets, " << r.in_flight_at_end
      << " in flight at the end, " << r.unsent << " unsent\n";
  print_status_codes(out, p);
  if (p.first_error_text) out << "first error: " << *p.first_error_text << '\n';
  if (p.websocket) out << p.websocket->unasked << " messages not asked for, " << p.websocket->pings << " pings\n";
  out << '\n';
  print_columns(out);
  print_latency(out, "response", p.latency.response);
  print_latency(out, "service", p.latency.service);
  print_latency(out, "lag", p.latency.lag);
  print_latency(out, "connect", p.latency.connect);
  for (const auto& t : p.targets) {
    print_latency(out, t.asked.path.c_str(), t.response);
  }
  print_phases(out, p);
  print_hosts(out, p);
  print_probe(out, p);
  out << "\nserver     " << show(p.server.cpu_us_per_request) << " us CPU/request, "
      << show(p.server.switches_per_request.voluntary) << "+" << show(p.server.switches_per_request.involuntary)
      << " switches/request, " << show(mebi(p.server.pss_bytes), 1) << " MiB + " << show(mebi(p.server.kernel_bytes), 1)
      << " MiB kernel, " << show(p.server.threads) << " threads\n"
      << "           per request " << show(p.server.run_queue_us_per_request) << " us in the run queue, "
      << show(p.server.slices_per_request) << " time slices, " << show(p.server.migrations_per_request)
      << " migrations,\n"
      << "           " << show(p.server.faults_per_request.minor) << "+" << show(p.server.faults_per_request.major)
      << " page faults\n"
      << "generator  " << show(p.generator.cpu_us_per_request) << " us CPU/request, " << show(p.generator.cpu_share)
      << " of its core\nfairness   Jain " << show(p.connections.jain, 3) << ", " << p.connections.starved
      << " starved\n"
      << "verdict    " << (p.verdict.valid ? "valid" : "NOT VALID") << ", limited by: " << p.verdict.limiter << '\n';
  for (const auto& reason : p.verdict.reasons) out << "           " << reason.text << '\n';
}

void print_room(std::ostream& out, const room_result& r) {
  out << without_password(r.asked.url) << ", " << r.members.joined << '/' << r.members.asked << " members, "
      << show(std::optional(r.window_s), 1) << " s, " << show(std::optional(r.asked.rate), 0) << " messages/s\n\n"
      << r.messages.sent << " messages sent, " << r.messages.unsent << " unsent, reach " << show(r.reach, 4) << ", "
      << r.members.closed << " members lost";
  if (r.deliveries.unknown > 0) out << ", " << r.deliveries.unknown << " messages that were not sent in this run";
  if (!r.join_error.empty()) out << "\nnot joined: " << r.join_error;
  if (!r.loss.empty()) out << "\nfirst lost: " << r.loss;
  out << "\n\n";
  print_columns(out);
  print_latency(out, "delivery", r.delivery);
  print_latency(out, "lag", r.lag);
  out << "\nserver     " << show(r.server_cpu_us_per_delivery) << " us CPU/delivery, " << show(r.server.cpu_share)
      << " of a core, " << show(mebi(r.server.pss_bytes), 1) << " MiB + " << show(mebi(r.server.kernel_bytes), 1)
      << " MiB kernel\ngenerator  " << show(r.generator_cpu_share) << " of its core\n";
}

}  // namespace tvl::load
