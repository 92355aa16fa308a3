#include "clients/load/scale/gather.hpp"

#include "clients/load/analysis/merge_points.hpp"
#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/cluster/host_parts.hpp"

#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <random>
#include <stdexcept>
#include <string>

namespace tvl::load {
namespace {

constexpr std::uint64_t replies = 20'000;  // of each host, in 10 s
constexpr int connections = 1000;

// Response times of a median of 1 ms, log-normal.
point made_up(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> us(std::log(1000.0), 0.5);
  point p;
  p.asked.url = "http://10.0.0.1:8080/plaintext";
  p.asked.connections = connections;
  p.asked.rate = replies / 10.0;
  p.asked.seconds = p.window_s = 10;
  p.asked.seed = seed;
  p.started = "2026-01-31T12:00:00Z";
  p.requests.scheduled = p.requests.sent = p.requests.ok = p.replies = replies;
  p.status_codes = {{"200", replies}};
  p.connections.asked = p.connections.established = connections;
  p.throughput = p.asked.rate;
  p.rate_ratio = 1;
  p.generator = {.cpu_us_per_request = 10, .cpu_share = 0.2, .paused_s = 0, .start_late_s = 0.0001};
  for (std::uint64_t i = 0; i < replies; ++i)
    for (histogram* h : {&p.latency.response, &p.latency.service, &p.latency.lag, &p.latency.pacing})
      h->record(static_cast<std::int64_t>(us(random) * 1000));
  for (int i = 1; i <= 10; ++i) p.timeline.emplace_back().t = i;
  p.verdict = judge(p);
  return p;
}

double peak_mebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;)
    if (double kibibytes = 0; key == "VmHWM:" && status >> kibibytes) return kibibytes / 1024;
  return 0;
}

// In a process of its own, whose peak of memory is that of this row.
void print_row(std::ostream& out, std::size_t n) {
  std::vector<std::string> lines, names;
  double bytes = 0;
  for (std::size_t i = 0; i < n; ++i) {
    lines.push_back(to_json_text(nlohmann::json(made_up(i + 1))));
    names.push_back("load" + std::to_string(i + 1));
    bytes += static_cast<double>(lines.back().size());
  }
  const auto begin = std::clock();  // the time of a CPU: other processes disturb it less
  std::vector<point> parts;
  for (const auto& line : lines) parts.push_back(nlohmann::json::parse(line));
  const auto parsed = std::clock();
  point whole = merge(parts, names);
  whole.verdict = with_parts(judge(whole), whole.verdict);
  const auto merged = std::clock();
  add_hosts(parts, names, std::vector<std::string>(n, " 1000000 200 30000 0"), whole);
  const auto judged = std::clock();
  const auto size = static_cast<double>(to_json_text(nlohmann::json(whole)).size());
  const auto ms = [](std::clock_t ticks) { return static_cast<double>(ticks) * 1e3 / CLOCKS_PER_SEC; };
  out << std::fixed << std::setprecision(1) << "| " << n << " | " << bytes / 1024 / 1024 << " | " << ms(parsed - begin)
      << " | " << ms(merged - parsed) << " | " << ms(judged - merged) << " | " << peak_mebibytes() << " | "
      << size / 1024 << " |" << std::endl;
}

}  // namespace

void print_gather(std::ostream& out, const std::vector<std::size_t>& hosts) {
  out << "| hosts | their points, MiB | parse, ms of CPU | merge | judge the hosts | peak memory, MiB | the point, "
         "KiB |\n"
         "|--:|--:|--:|--:|--:|--:|--:|"
      << std::endl;
  for (const auto n : hosts) {
    const pid_t child = ::fork();
    if (child == 0) {
      print_row(out, n);
      ::_exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) < 0 || status != 0)
      throw std::runtime_error("no row of " + std::to_string(n) + " hosts");
  }
}

}  // namespace tvl::load
