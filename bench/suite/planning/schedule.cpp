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

// Does the contestant offer the endpoint that is requested beside the other?
bool offered(const demand& d, const std::string& contestant, const combined& combination) {
  const auto* other = find(combination, beside_variable);
  const auto lacking = d.not_beside.find(contestant);
  return other == nullptr || lacking == d.not_beside.end() || !lacking->second.contains(other->text);
}

// Who is measured at this combination. A contestant that does not know a variable is measured beside its first value.
std::vector<scheduled> side_by_side(const demand& d, const combined& combination) {
  const auto first_value = [&](const setting& s) {
    return std::ranges::find(d.variables, s.variable, &variable::name)->values.front() == s.value;
  };
  std::vector<scheduled> points;
  for (const auto& contestant : d.contestants) {
    if (!offered(d, contestant, combination)) continue;
    const auto entry = d.unknown.find(contestant);
    const auto knows = [&](const setting& s) {
      return entry == d.unknown.end() || !entry->second.contains(s.variable);
    };
    combined applying;
    std::ranges::copy_if(combination, std::back_inserter(applying), knows);
    if (std::ranges::all_of(combination, [&](const setting& s) { return knows(s) || first_value(s); })) {
      points.push_back({d.workload, contestant, std::move(applying)});
    }
  }
  if (points.size() > 1 && points.front().contestant == d.contestants.front()) {
    points.insert(points.begin() + 1, points.front())->control = true;
  }
  return points;
}

// What is measured next to each other, and in which order each time.
struct block {
  std::vector<scheduled> beside;
  std::vector<order> turns;  // one per repetition
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

std::vector<scheduled> schedule(const std::vector<demand>& demands, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<block> blocks;
  for (const auto& d : demands) {
    for (const auto& combination : crossed(d.variables)) {
      auto beside = side_by_side(d, combination);
      auto turns = balanced_orders(beside.size(), d.repetitions, random);
      if (!beside.empty()) blocks.push_back({std::move(beside), std::move(turns)});
    }
  }
  std::size_t repetitions = 0;
  for (const auto& b : blocks) repetitions = std::max(repetitions, b.turns.size());
  std::vector<scheduled> points;
  int row = 0;
  for (std::size_t repetition = 0; repetition < repetitions; ++repetition) {
    for (const auto& b : blocks) {
      if (repetition >= b.turns.size()) continue;
      int position = 0;
      for (const auto index : b.turns[repetition]) {
        auto point = b.beside[index];
        point.repetition = static_cast<int>(repetition);
        point.position = position++;
        point.row = row;
        points.push_back(std::move(point));
      }
      ++row;
    }
  }
  return points;
}

}  // namespace tvl::suite
