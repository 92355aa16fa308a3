#include "clients/load/run/multi_process.hpp"

#include "clients/load/analysis/merge_points.hpp"
#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/plan/plan_serialization.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/run/generator_process.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/run/window_meter.hpp"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

// The protocol, line by line: plan to the child, `ready` to the parent, start of the warm-up to the child, `over` to
// the parent, `leave` to the child once the server's memory has been read, the point to the parent.
constexpr std::string_view ready = "ready", over = "over", a_point = "{", leave = "leave\n";
constexpr std::int64_t head_start = 50 * one_millisecond;  // so that all processes know the start before it comes
constexpr std::int64_t look_for_stop = 20 * one_millisecond;
constexpr std::int64_t patience = 10 * one_second;  // for processes to end after SIGTERM
constexpr std::int64_t whenever = INT64_MAX;

class process_group {
 public:
  process_group(const std::filesystem::path& program, const plan& whole, int n, std::stop_token stop)
      : stop_(std::move(stop)) {
    for (int i = 0; i < n; ++i) {
      const std::string mine = pack(share_of(whole, i, n));
      members_.push_back(std::make_unique<generator_process>(program));
      members_.back()->send(std::to_string(mine.size()) + "\n" + mine);
    }
  }

  void send(std::size_t i, std::string_view words) { members_[i]->send(words); }
  std::vector<meter> meters() const {
    std::vector<meter> all;
    for (const auto& m : members_) all.emplace_back(m->pid());
    return all;
  }

  // Waits until every process has sent a line that begins with `word`; false: not all had by `until`.
  bool wait_for_all(std::string_view word, std::int64_t until = whenever) {
    for (;;) {
      receive(word);
      if (std::ranges::none_of(lines_, &std::string::empty)) return true;
      const std::int64_t now = clock_now();
      if (now >= until) return false;
      end_if_stopped(now);
      wait(std::min(until - now, look_for_stop));
    }
  }
  // Returns the received lines and begins to collect the next ones.
  std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }

 private:
  void receive(std::string_view word) {
    lines_.resize(members_.size());
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!lines_[i].empty()) continue;
      members_[i]->receive();
      if (auto line = members_[i]->next_line()) {
        if (!line->starts_with(word)) fail<bad_plan>(name(i) + ": " + without_program(*line));
        lines_[i] = std::move(*line);
      } else if (members_[i]->is_closed()) {
        fail<generator_ended>(name(i) + " ended early: " + members_[i]->exit_status());
      }
    }
  }
  void end_if_stopped(std::int64_t now) {
    if (!stop_.stop_requested()) return;
    if (!give_up_) {
      give_up_ = now + patience;
      for (const auto& m : members_) m->signal(SIGTERM);
    }
    if (now > *give_up_) fail<std::runtime_error>("the generator processes do not end");
  }
  template <class Error>
  [[noreturn]] void fail(const std::string& why) const {
    if (stop_.stop_requested()) throw run_interrupted(why);
    throw Error(why);
  }
  void wait(std::int64_t ns) const {
    std::vector<pollfd> sockets;
    for (std::size_t i = 0; i < members_.size(); ++i)
      if (lines_[i].empty()) sockets.push_back({members_[i]->socket(), POLLIN, 0});
    const timespec time{0, static_cast<long>(ns)};
    ::ppoll(sockets.data(), sockets.size(), &time, nullptr);
  }
  std::string name(std::size_t i) const {
    return "generator process " + std::to_string(i + 1) + " of " + std::to_string(members_.size());
  }
  static std::string without_program(const std::string& complaint) {
    constexpr std::string_view program = "tvl-load: ";
    return complaint.starts_with(program) ? complaint.substr(program.size()) : complaint;
  }

  const std::stop_token stop_;
  std::vector<std::unique_ptr<generator_process>> members_;
  std::vector<std::string> lines_;  // per process; empty = not received yet
  std::optional<std::int64_t> give_up_;
};

// With constant arrivals, the requests of all processes interleave evenly.
std::int64_t start_of(std::size_t i, std::int64_t start, const plan& whole) {
  if (!whole.open_loop() || whole.arrivals != arrivals::constant) return start;
  return start + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / whole.rate);
}

// From the common start to the end of the window.
void watch(process_group& all, std::int64_t start, const plan& p, window_meter& costs) {
  const std::int64_t begin = start + static_cast<std::int64_t>(p.warmup_s * 1e9);
  const std::int64_t end = begin + static_cast<std::int64_t>(p.seconds * 1e9);
  bool ended = all.wait_for_all(over, costs.time_for(begin));  // early when it was interrupted
  costs.begin(begin);
  const timeline_grid grid(p);
  for (auto row = grid.first_read(); !ended && row.end != never; row = grid.next_read(row)) {
    ended = all.wait_for_all(over, costs.time_for(begin + row.end));
    if (!ended) costs.sample(row.index);
  }
  if (!ended) ended = all.wait_for_all(over, end);
  costs.end();
  costs.read_memory();
  if (!ended) all.wait_for_all(over);
  all.take_lines();
}

point merged(const std::vector<std::string>& lines, const plan& whole) {
  std::vector<point> parts;
  for (const auto& line : lines) parts.push_back(nlohmann::json::parse(line));
  point result = merge(parts);
  result.asked = whole;
  result.started = parts.front().started;
  for (std::size_t i = 0; i < result.targets.size(); ++i) result.targets[i].asked = whole.targets[i];
  return result;
}

}  // namespace

point run_in_processes(const plan& asked, const watcher& w, const std::filesystem::path& tvl_load) {
  check_changes(asked);
  const int n = processes_of(asked);
  if (n == 1) return run(asked, w);
  if (asked.requests > 0)
    throw bad_plan("a number of requests ends the window of one generator process, not of " + std::to_string(n) +
                   " together");
  plan whole = with_enough_sources(asked);
  whole.processes = n;
  whole.idle = share_of(whole, 0, n).idle;
  check_limits(whole);
  process_group all(tvl_load, whole, n, w.stop);
  all.wait_for_all(ready);
  all.take_lines();

  const auto generators = all.meters();
  std::vector<const meter*> meters;
  for (const auto& m : generators) meters.push_back(&m);
  window_meter costs(w, meters);
  const std::int64_t start = clock_now() + head_start;
  for (std::size_t i = 0; i < generators.size(); ++i) all.send(i, std::to_string(start_of(i, start, whole)) + "\n");
  watch(all, start, whole, costs);
  for (std::size_t i = 0; i < generators.size(); ++i) all.send(i, leave);
  all.wait_for_all(a_point);

  point result = merged(all.take_lines(), whole);
  costs.add_to(result);
  result.verdict = with_parts(judge(result), result.verdict);
  return result;
}

void run_share(std::istream& in, std::ostream& out, std::stop_token stop) {
  std::size_t size = 0;
  in >> size;
  in.ignore();
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!in) throw bad_plan("--share is internal to tvl-load");
  watcher w;
  w.stop = std::move(stop);
  w.start = [&] {
    out << ready << std::endl;
    std::int64_t at = 0;
    if (!(in >> at)) throw std::runtime_error("the parent process has ended");
    return at;
  };
  w.over = [&] {
    out << over << std::endl;
    std::string word;
    in >> word;
  };
  out << to_json_text(nlohmann::json(run(unpack(bytes), w))) << std::endl;
}

}  // namespace tvl::load
