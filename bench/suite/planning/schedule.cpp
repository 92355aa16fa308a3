#include "bench/suite/planning/schedule.hpp"

#include "bench/suite/planning/latin_square.hpp"

#include <algorithm>
#include <random>

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
  if (points.size() > 1 && points.front().contestant == w.contestants.front()) {
    points.insert(points.begin() + 1, points.front())->control = true;
  }
  return points;
}

struct block {
  std::vector<scheduled> points;
  std::vector<order> orders;  // one per repetition
};

}  // namespace

std::string scheduled::name() const { return workload + "/" + contestant + "/" + load() + (control ? "/control" : ""); }

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

std::vector<scheduled> schedule(const std::vector<selected_workload>& workloads, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<block> blocks;
  for (const auto& w : workloads) {
    for (const auto& combination : crossed(w.variables)) {
      auto points = points_of(w, combination);
      auto orders = balanced_orders(points.size(), w.repetitions, random);
      if (!points.empty()) blocks.push_back({std::move(points), std::move(orders)});
    }
  }
  std::size_t repetitions = 0;
  for (const auto& b : blocks) repetitions = std::max(repetitions, b.orders.size());
  std::vector<scheduled> points;
  int group = 0;
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    for (const auto& b : blocks) {
      if (repetition >= b.orders.size()) continue;
      int position = 0;
      for (const auto index : b.orders[repetition]) {
        auto point = b.points[index];
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
