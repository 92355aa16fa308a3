#include "clients/load/run/generator_group.hpp"

#include "clients/load/analysis/merge_points.hpp"
#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/plan/plan_serialization.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/run/window_meter.hpp"

#include <nlohmann/json.hpp>

#include <poll.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tvl::load {
namespace {

constexpr std::string_view a_point = "{";
constexpr std::int64_t look_for_stop = 20 * one_millisecond;
constexpr std::int64_t patience = 10 * one_second;  // for processes to end after SIGTERM
constexpr std::int64_t whenever = INT64_MAX;

class conversation {
 public:
  conversation(std::vector<generator_group::member>& members, std::stop_token stop)
      : members_(members), stop_(std::move(stop)) {}

  std::size_t size() const { return members_.size(); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& m : members_) all.push_back(m.name);
    return all;
  }
  void send(std::size_t i, std::string_view words) { members_[i].link->send(words); }

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
      const std::string& name = members_[i].name;
      auto& link = members_[i].link;
      link->receive();
      if (auto line = link->next_line()) {
        if (!line->starts_with(word)) fail<bad_plan>(name + ": " + without_program(*line));
        lines_[i] = std::move(*line);
      } else if (link->is_closed()) {
        fail<generator_ended>(link->how_it_ended(name));
      }
    }
  }
  void end_if_stopped(std::int64_t now) {
    if (!stop_.stop_requested()) return;
    if (!give_up_) {
      give_up_ = now + patience;
      for (const auto& m : members_) m.link->stop();
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
      if (lines_[i].empty()) sockets.push_back({members_[i].link->socket(), POLLIN, 0});
    const timespec time{0, static_cast<long>(ns)};
    ::ppoll(sockets.data(), sockets.size(), &time, nullptr);
  }
  static std::string without_program(const std::string& complaint) {
    constexpr std::string_view program = "tvl-load: ";
    return complaint.starts_with(program) ? complaint.substr(program.size()) : complaint;
  }

  std::vector<generator_group::member>& members_;
  const std::stop_token stop_;
  std::vector<std::string> lines_;  // per process; empty = not received yet
  std::optional<std::int64_t> give_up_;
};

// With constant arrivals, the requests of all `sharing` processes interleave evenly.
std::int64_t start_of(std::size_t i, std::size_t sharing, std::int64_t start, const plan& whole) {
  if (i >= sharing || !whole.open_loop() || whole.arrivals != arrivals::constant) return start;
  return start + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / whole.rate);
}

// From the common start to the end of the window; returns what each then said.
std::vector<std::string> watch(conversation& all, std::int64_t start, const plan& p, window_meter& costs) {
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
  return all.take_lines();
}

// Their points, those that share the load and the others.
void take_points(conversation& all, std::size_t sharing, group_result& result) {
  for (std::size_t i = 0; i < all.size(); ++i) all.send(i, leave);
  all.wait_for_all(a_point);
  for (const auto& line : all.take_lines())
    (result.parts.size() < sharing ? result.parts : result.beside).push_back(nlohmann::json::parse(line));
  // `started` is before the first connect, which may be seconds later on another host. Their windows begin together.
  for (auto& part : result.parts) part.started = result.parts.front().started;
}

point merged(const std::vector<point>& parts, const std::vector<std::string>& names, const plan& whole) {
  point result = merge(parts, names);
  result.asked = whole;
  result.started = parts.front().started;
  for (std::size_t i = 0; i < result.targets.size(); ++i) result.targets[i].asked = whole.targets[i];
  return result;
}

}  // namespace

group_result run_together(const plan& whole, generator_group& group, const watcher& w) {
  conversation all(group.members, w.stop);
  const auto sharing =
      static_cast<std::size_t>(std::ranges::count_if(group.members, [](const auto& member) { return !member.beside; }));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& beside = group.members[i].beside;
    const std::string mine = pack(beside ? *beside : share_of(whole, static_cast<int>(i), static_cast<int>(sharing)));
    all.send(i, std::to_string(mine.size()) + "\n" + mine);
  }
  all.wait_for_all(ready);
  all.take_lines();

  group_result result;
  window_meter costs(w, group.meters);
  const std::int64_t start = clock_now() + group.head_start;
  for (std::size_t i = 0; i < all.size(); ++i) all.send(i, std::to_string(start_of(i, sharing, start, whole)) + "\n");
  for (const auto& line : watch(all, start, whole, costs)) result.over.push_back(line.substr(over.size()));
  take_points(all, sharing, result);
  result.whole = merged(result.parts, all.names(), whole);
  costs.add_to(result.whole);
  result.whole.verdict = with_parts(judge(result.whole), result.whole.verdict);
  return result;
}

}  // namespace tvl::load
