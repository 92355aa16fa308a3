#include "bench/primitives/support/primitive.hpp"

#include "bench/machine/cpus.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <system_error>

namespace tvl::primitives {
namespace {

struct known {
  primitive shown;
  registration fill;
};

// A function-local static, because initialisation order between files is undefined.
std::vector<known>& remembered() {
  static std::vector<known> all;
  return all;
}

bool quick_chosen = false;

std::string inside_project(const std::string& path) {
  const auto at = path.rfind("bench/primitives/");
  return at == std::string::npos ? path : path.substr(at);
}

std::int64_t nanoseconds(const timeval& time) { return (time.tv_sec * 1'000'000LL + time.tv_usec) * 1000; }

double microseconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1000; }

}  // namespace

bool quick() { return quick_chosen; }
void set_quick(bool chosen) { quick_chosen = chosen; }

bool remember(std::string name, std::string file, registration fill) {
  primitive p;
  p.name = std::move(name);
  p.file = inside_project(file);
  remembered().push_back({std::move(p), fill});
  return true;
}

const std::vector<primitive>& all_primitives() {
  static const std::vector<primitive> all = [] {
    std::vector<primitive> filled;
    std::ranges::sort(remembered(), {}, [](const known& k) { return k.shown.name; });
    for (auto& k : remembered()) {
      k.fill(k.shown);
      filled.push_back(k.shown);
    }
    return filled;
  }();
  return all;
}

void primitive::add(const std::string& way, void (*function)(benchmark::State&), std::vector<std::int64_t> ns) {
  const auto least = std::ranges::min(ns);
  if (quick()) std::erase_if(ns, [&](std::int64_t n) { return n > quick_n && n != least; });
  for (const auto n : ns) measurements.push_back({way, n, function});
}

benchmark::IterationCount& least_iterations() {
  static benchmark::IterationCount least = 1;
  return least;
}

usage usage::now() {
  usage u;
  timespec cpu{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  rusage own{}, children{};
  ::getrusage(RUSAGE_SELF, &own);
  ::getrusage(RUSAGE_CHILDREN, &children);
  u.cpu_ns =
      cpu.tv_sec * 1'000'000'000LL + cpu.tv_nsec + nanoseconds(children.ru_utime) + nanoseconds(children.ru_stime);
  u.voluntary = own.ru_nvcsw + children.ru_nvcsw;
  u.involuntary = own.ru_nivcsw + children.ru_nivcsw;
  u.wall = std::chrono::steady_clock::now();
  return u;
}

void report(benchmark::State& state, const usage& before, std::int64_t items) {
  const auto after = usage::now();
  if (state.error_occurred()) return;
  const auto done = static_cast<double>(state.iterations() * items);
  const std::chrono::nanoseconds wall = after.wall - before.wall;
  state.counters["ns_per_item"] = static_cast<double>(wall.count()) / done;
  state.counters["cpu_ns_per_item"] = static_cast<double>(after.cpu_ns - before.cpu_ns) / done;
  state.counters["voluntary_switches"] = static_cast<double>(after.voluntary - before.voluntary) / done;
  state.counters["involuntary_switches"] = static_cast<double>(after.involuntary - before.involuntary) / done;
}

void report_distribution(benchmark::State& state, const std::string& prefix,
                         std::vector<std::chrono::nanoseconds> times) {
  if (times.empty() || state.error_occurred()) return;
  std::ranges::sort(times);
  const auto quantile = [&](double q) {  // the smallest time that at least q of all do not exceed
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(times.size())));
    return microseconds(times[std::max<std::size_t>(rank, 1) - 1]);
  };
  state.counters[prefix + "_p50_us"] = quantile(0.5);
  state.counters[prefix + "_p99_us"] = quantile(0.99);
  state.counters[prefix + "_max_us"] = microseconds(times.back());
}

pinned::pinned(benchmark::State& state, unsigned cores) {
  const auto allowed = suite::allowed_cpus();
  if (allowed.size() < cores) {
    state.SkipWithError(
        ("skipped: needs " + std::to_string(cores) + " cores, may use " + std::to_string(allowed.size())).c_str());
    return;
  }
  cores_.assign(allowed.begin(), allowed.begin() + cores);
  try {
    suite::pin_to(cores_);
    before_ = allowed;
  } catch (const std::system_error& error) {
    state.SkipWithError((std::string("skipped: ") + error.what()).c_str());
  }
}

pinned::~pinned() {
  if (!before_.empty()) suite::pin_to(before_);
}

}  // namespace tvl::primitives
