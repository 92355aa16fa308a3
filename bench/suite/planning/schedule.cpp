#include "bench/suite/planning/schedule.hpp"

#include "bench/suite/planning/latin_square.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <ranges>

namespace tvl::suite {
namespace {

using combined = std::vector<setting>;

std::string written(const setting& s) { return s.variable + ":" + s.value.text; }

std::string joined(const combined& all, role part, const char* separator) {
  std::string text;
  for (const auto& s : all) {
    if (s.part == part) text += (text.empty() ? "" : separator) + written(s);
  }
  return text;
}

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

const setting& axis(const combined& all) { return *std::ranges::find(all, role::x, &setting::part); }

std::vector<combined> crossed(const std::vector<variable>& variables) {
  std::vector<combined> combinations = {{}};
  for (const auto& v : variables) {
    std::vector<combined> longer;
    for (const auto& begun : combinations) {
      for (const auto& value : v.values) {
        longer.push_back(begun);
        longer.back().push_back({v.name, value, v.part});
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

// Whether the contestant offers the endpoint of the interfering requests.
bool offered(const selected_workload& w, const std::string& contestant, const combined& combination) {
  const auto* other = find(combination, beside_variable);
  const auto lacking = w.not_beside.find(contestant);
  return other == nullptr || lacking == w.not_beside.end() || !lacking->second.contains(other->text);
}

// The points of this combination. A contestant that does not take a variable is measured at the variable's first value.
std::vector<scheduled> points_of(const selected_workload& w, const combined& combination) {
  const auto first_value = [&](const setting& s) {
    return std::ranges::find(w.variables, s.variable, &variable::name)->values.front() == s.value;
  };
  std::vector<scheduled> points;
  for (const auto& contestant : w.contestants) {
    if (!offered(w, contestant, combination)) continue;
    const auto entry = w.unknown.find(contestant);
    const auto knows = [&](const setting& s) {
      return entry == w.unknown.end() || !entry->second.contains(s.variable);
    };
    combined applying;
    std::ranges::copy_if(combination, std::back_inserter(applying), knows);
    if (std::ranges::all_of(combination, [&](const setting& s) { return knows(s) || first_value(s); })) {
      points.push_back({w.workload, contestant, std::move(applying)});
    }
  }
  return points;
}

struct block {
  const selected_workload& workload;
  std::vector<scheduled> points;

  bool compares_baseline() const {
    return points.size() > 1 && points.front().contestant == workload.contestants.front();
  }
};

// In a random share of the blocks that compare the baseline, rounded up.
void add_controls(std::vector<block>& blocks, double share, std::mt19937_64& random) {
  std::vector<block*> comparing;
  for (auto& b : blocks) {
    if (b.compares_baseline()) comparing.push_back(&b);
  }
  const auto wanted = static_cast<std::size_t>(std::ceil(share * static_cast<double>(comparing.size())));
  if (wanted < comparing.size()) std::ranges::shuffle(comparing, random);
  for (auto* b : comparing | std::views::take(wanted)) {
    b->points.insert(b->points.begin() + 1, b->points.front())->control = true;
  }
}

}  // namespace

std::string scheduled::name() const {
  return workload + "/" + contestant + "/" + load() + (control ? "/control" : "") + (profiled ? "/profiled" : "");
}

std::vector<scheduled> row_of(const std::vector<scheduled>& rounds, std::size_t first) {
  auto end = rounds.begin() + static_cast<std::ptrdiff_t>(first);
  const auto begin = end;
  do ++end;
  while (end != rounds.end() && end->group == begin->group);
  return {begin, end};
}

std::vector<scheduled> with_profiles(const std::vector<scheduled>& rounds) {
  std::vector<scheduled> all;
  for (const auto& round : rounds) {
    const bool profiled_first = round.repetition % 2 == 1;
    for (const bool profiled : {profiled_first, !profiled_first}) {
      all.push_back(round);
      all.back().profiled = profiled;
    }
  }
  return all;
}

std::string scheduled::block() const { return workload + "/" + load(); }

std::string scheduled::load() const {
  std::string text = x().text;
  for (const auto& s : settings) {
    if (s.part == role::series || s.part == role::facet) text += "/" + written(s);
  }
  return text;
}

const quantity& scheduled::x() const { return axis(settings).value; }

std::optional<std::string> scheduled::series() const { return unless_empty(joined(settings, role::series, " ")); }

std::optional<std::string> scheduled::facet() const { return unless_empty(joined(settings, role::facet, " ")); }

int scheduled::connections() const { return static_cast<int>(find(settings, "connections")->number.value()); }

std::vector<scheduled> schedule(const std::vector<selected_workload>& workloads, std::uint64_t seed, double controls) {
  std::mt19937_64 random(seed);
  std::vector<block> blocks;
  for (const auto& w : workloads) {
    for (const auto& combination : crossed(w.variables)) {
      auto points = points_of(w, combination);
      if (!points.empty()) blocks.push_back({w, std::move(points)});
    }
  }
  add_controls(blocks, controls, random);
  std::vector<std::vector<order>> orders;  // of each block: one per repetition
  std::size_t repetitions = 0;
  for (const auto& b : blocks) {
    orders.push_back(balanced_orders(b.points.size(), b.workload.repetitions, random));
    repetitions = std::max(repetitions, orders.back().size());
  }
  std::vector<scheduled> points;
  int group = 0;
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      if (repetition >= orders[b].size()) continue;
      int position = 0;
      for (const auto index : orders[b][repetition]) {
        auto point = blocks[b].points[index];
        point.repetition = static_cast<int>(repetition);
        point.position = position++;
        point.group = group;
        points.push_back(std::move(point));
      }
      ++group;
    }
  }
  return points;
}

}  // namespace tvl::suite
