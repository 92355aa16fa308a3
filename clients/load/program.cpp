#include "clients/load/program.hpp"

#include "clients/load/analysis/merge_points.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/exit_codes.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/base/stop_on_signal.hpp"
#include "clients/load/base/this_program.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/cluster/run_on_hosts.hpp"
#include "clients/load/meter/server_processes.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/run/multi_process.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/search/knee.hpp"
#include "clients/load/search/slo.hpp"
#include "clients/load/selftest/selftest.hpp"
#include "clients/load/table.hpp"

#include <nlohmann/json.hpp>

#include <signal.h>
#include <sys/prctl.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace tvl::load {
namespace {

constexpr int not_valid = 3;

// Of --pid. Another process than the server would cost nothing.
std::vector<pid_t> processes_of(const command& c) {
  auto where = parse_url(c.plan.url, c.plan.allow_remote);
  where.choose_address();
  auto found = processes_below(c.pid, where.address, where.port);
  if (found.roots.empty()) throw bad_plan("--pid: " + found.why_none);
  return std::move(found.roots);
}

// The stop signals and the optional server meter of a run.
struct watched {
  explicit watched(const command& c) {
    w.stop = stop_on_signal.token();
    if (c.pid <= 0) return;
    server.emplace(processes_of(c));
    w.server = &*server;
  }
  const interrupt stop_on_signal;
  std::optional<meter> server;
  watcher w;
};

// To a file; - = stdout. What a file does not take, e.g. on a full disk, is said and goes to stdout: it cannot be
// measured again. False: it does not.
bool write_text(const std::string& file, const std::string& text) {
  if (file == "-") {
    std::cout << text << std::flush;
    return true;  // main() looks after stdout
  }
  errno = 0;
  std::ofstream out(file);
  out << text << std::flush;
  if (out) return true;
  std::cerr << "tvl-load: cannot write " << file << ": " << std::generic_category().message(errno)
            << "; what was to be written goes to stdout\n";
  std::cout << text << std::flush;
  return false;
}

bool write_json(const std::string& file, const nlohmann::json& what) {
  return file.empty() || write_text(file, to_json_text(what) + "\n");
}

bool write_hgrm(const std::string& file, const histogram& of) {
  std::ostringstream text;
  if (!file.empty()) write_hgrm(text, of, 1000);  // in microseconds
  return file.empty() || write_text(file, text.str());
}

// False: a file could not be written.
bool write_results(const command& c, const point& p) {
  if (c.json != "-") print_table(std::cout, p);
  const bool json = write_json(c.json, p), hgrm = write_hgrm(c.hgrm, p.latency.response);
  return json && hgrm;
}

// None = it was interrupted before there was a point.
std::optional<point> measure(const command& c, const plan& p, const watcher& w) {
  try {
    if (!c.hosts.names.empty()) return run_on_hosts(p, c.hosts, w, this_program().parent_path());
    return run_in_processes(p, w, this_program());
  } catch (const run_interrupted& early) {
    std::cerr << "tvl-load: interrupted: " << early.what() << '\n';
    return std::nullopt;
  }
}

void announce_budget(const plan& p) {
  const auto asked = connections_of(p);
  if (asked >= 1000) std::cerr << check_limits(p).line(asked) << '\n';
}

nlohmann::json read_point(const std::string& name) {
  std::ifstream file(name);
  if (!file) throw bad_plan("cannot read " + name);
  auto result = nlohmann::json::parse(file, nullptr, false);
  if (result.is_discarded()) throw bad_plan(name + " is not JSON");
  return result;
}

knee_plan search_plan(const command& c) {
  const bool rate = c.what == command::action::find_rate;
  knee_plan k;
  k.whole = !rate;
  k.lowest = c.lowest > 0 ? c.lowest : rate ? 1000 : 1;
  k.highest = c.highest > 0 ? c.highest : rate ? 1e6 : 16384;
  k.search_s = c.plan.seconds;
  k.confirm_s = 3 * c.plan.seconds;
  return k;
}

void print_trial(const trial& t, const point& p, const slo_result& met) {
  const auto p99 = p.latency.response.quantile(0.99, samples_beyond);
  std::cout << (t.confirmation ? "confirm " : "try     ") << t.load << ": " << (met.met ? "met" : "not met")
            << ", p99 ";
  p99 ? std::cout << static_cast<double>(*p99) / 1e3 << " us" : std::cout << "n/a";
  std::cout << ", limited by " << p.verdict.limiter << (p.verdict.valid ? "" : " (not valid)") << std::endl;
}

nlohmann::json knee_json(const knee_result& found) {
  const auto value = [](const std::optional<double>& x) { return x ? nlohmann::json(*x) : nlohmann::json(nullptr); };
  return {{"schema", 1},
          {"highest_confirmed", value(found.highest_confirmed)},
          {"lowest_failed", value(found.lowest_failed)},
          {"limiter", found.limiter}};
}

void print_knee(const knee_result& found) {
  switch (found.kind) {
    case knee_result::outcome::not_met_at_lowest:
      std::cout << "not met even at the lowest load, " << *found.lowest_failed << " (limited by " << found.limiter
                << ")\n";
      return;
    case knee_result::outcome::met_up_to_highest:
      std::cout << "met everywhere up to " << *found.highest_confirmed << ", the highest load asked for\n";
      return;
    case knee_result::outcome::bracketed:
      std::cout << "knee between " << *found.highest_confirmed << " (confirmed) and " << *found.lowest_failed
                << " (failed, limited by " << found.limiter << ")\n";
  }
}

}  // namespace

int offer_load(const command& c) {
  watched watching(c);
  watcher& w = watching.w;
  if (c.progress) w.each_second = [](const timeline_row& row) { print_progress(std::cerr, row); };
  if (c.hosts.names.empty()) announce_budget(c.plan);
  const auto found = measure(c, c.plan, w);
  if (!found) return interrupted_code;
  const point& result = *found;
  if (c.progress) std::cerr << '\n';
  const bool written = write_results(c, result);
  if (result.interrupted) return interrupted_code;
  if (!written) return could_not;
  return c.strict && !result.verdict.valid ? not_valid : 0;
}

int find_knee(const command& c) {
  watched watching(c);
  watcher& w = watching.w;
  const slo wanted = parse_slo(c.slo);
  knee search(search_plan(c));
  plan p = c.plan;
  while (const auto t = search.next()) {
    (c.what == command::action::find_rate) ? void(p.rate = t->load) : void(p.connections = static_cast<int>(t->load));
    p.seconds = t->seconds;
    const auto found = measure(c, p, w);
    if (!found || found->interrupted) return interrupted_code;
    const point& result = *found;
    const slo_result met = judge(wanted, result);
    if (c.json != "-") print_trial(*t, result, met);
    search.tell({t->load, met.met, result.verdict.valid, result.verdict.limiter});
  }
  const knee_result found = search.result();
  if (c.json != "-") print_knee(found);
  if (!write_json(c.json, knee_json(found))) return could_not;
  return found.kind == knee_result::outcome::not_met_at_lowest ? 1 : 0;
}

int broadcast(const command& c) {
  const watched watching(c);
  const room_result result = run_room(c.plan, watching.w);
  if (c.json != "-") print_room(std::cout, result);
  const bool written = write_json(c.json, room_point(result));
  if (result.interrupted) return interrupted_code;
  return written ? 0 : could_not;
}

int measure_partition(const command&) {
  // Without its parent the process would keep its connections open for ever.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const interrupt stop_on_signal;
  run_share(std::cin, std::cout, stop_on_signal.token());
  return 0;
}

int merge_points(const command& c) {
  std::vector<nlohmann::json> points;
  for (const auto& file : c.files) points.push_back(read_point(file));
  write_json("-", merge_records(points));
  return 0;
}

int run_selftest(const command& c) { return selftest(std::cout, c.quick); }

}  // namespace tvl::load
