#include "clients/load/selftest/selftest.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/meter/host_cpu.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <string>

namespace tvl::load {
namespace {

constexpr double most_others = 0.1;  // cores; above it a failed test proves nothing

test_machine choose_cores(bool quick) {
  test_machine m;
  m.quick = quick;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    if (!m.server_cpu) m.server_cpu = cpu;
    m.generator_cpu = cpu;
  }
  if (m.server_cpu == m.generator_cpu) m.server_cpu = m.generator_cpu = std::nullopt;
  return m;
}

// CPU time of the children that this process has waited for: the reference servers.
std::int64_t children_ns() {
  rusage u{};
  ::getrusage(RUSAGE_CHILDREN, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * one_second + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

test_attempt try_once(const selftest_case& t, test_machine& m) {
  const auto before = read_host();
  const auto children = children_ns();
  test_attempt a{t.run(m)};
  a.others = others_share(before, read_host(), children_ns() - children).value_or(0);
  return a;
}

std::vector<test_attempt> try_twice(const selftest_case& t, test_machine& m) {
  std::vector<test_attempt> all = {try_once(t, m)};
  if (all.back().found.result == finding::outcome::fail) all.push_back(try_once(t, m));
  return all;
}

void print(std::ostream& out, const char* name, const std::string& measured, const std::string& expected,
           const std::string& outcome) {
  char line[256];
  std::snprintf(line, sizeof line, "%-30s %-52s %-38s %s\n", name, measured.c_str(), expected.c_str(), outcome.c_str());
  out << line << std::flush;
}

}  // namespace

std::string outcome_of(const std::vector<test_attempt>& attempts, double floor_others) {
  const auto others_of = [floor_others](const test_attempt& a) { return std::max(a.others, floor_others); };
  const auto busy = [&](const test_attempt& a) { return others_of(a) > most_others; };
  const test_attempt& last = attempts.back();
  char others[64];
  std::snprintf(others, sizeof others, "other processes used %.2f cores", others_of(last));
  switch (last.found.result) {
    case finding::outcome::floor:
      return busy(last) ? std::string("floor; ") + others : "floor";
    case finding::outcome::pass:
      return attempts.size() == 1 ? "pass" : "pass, second attempt";
    case finding::outcome::wrong:
      return "FAIL";
    case finding::outcome::fail:
      break;
  }
  return std::ranges::all_of(attempts, busy) ? std::string("NOT PROVEN: ") + others : "FAIL, twice";
}

int selftest(std::ostream& out, bool quick) {
  test_machine m = choose_cores(quick);
  int unproven = 0;
  double floor_others = 0;
  print(out, "test", "measured", "expected", "outcome");
  for (const selftest_case& t : selftest_cases()) {
    if (t.needs_two_cores && !m.server_cpu) {
      print(out, t.name, "", "", "skipped: needs two cores");
      continue;
    }
    const auto attempts = try_twice(t, m);
    const auto& [measured, expected, result] = attempts.back().found;
    if (result == finding::outcome::floor) floor_others = std::max(floor_others, attempts.back().others);
    unproven += result == finding::outcome::fail || result == finding::outcome::wrong;
    print(out, t.name, measured, expected, outcome_of(attempts, t.uses_floor ? floor_others : 0));
  }
  return unproven > 0 ? 1 : 0;
}

}  // namespace tvl::load
