#include "bench/suite/planning/extra_passes.hpp"

#include "bench/support/usage_error.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace tvl::suite {
namespace {

// "w/a/64#5" -> {"w/a/64", 5}
std::pair<std::string, int> parts_of_round(const std::string& round) {
  const auto mark = round.rfind('#');
  int repetition = -1;
  if (mark != std::string::npos) std::from_chars(round.data() + mark + 1, round.data() + round.size(), repetition);
  if (repetition < 0) throw bad_input("run.json: '" + round + "' is no round");
  return {round.substr(0, mark), repetition};
}

// The first round of each point. Controls are left out.
std::map<std::string, scheduled> first_rounds(const std::vector<scheduled>& rounds) {
  std::map<std::string, scheduled> first;
  for (const auto& round : rounds) {
    if (!round.control) first.emplace(round.name(), round);
  }
  return first;
}

void append_row(std::vector<scheduled>& rounds, std::vector<scheduled> row, int repetition, int group) {
  const auto shift = repetition % static_cast<int>(row.size());
  std::ranges::rotate(row, row.begin() + shift);
  int position = 0;
  for (auto& round : row) {
    round.repetition = repetition;
    round.position = position++;
    round.group = group;
    rounds.push_back(std::move(round));
  }
}

}  // namespace

std::vector<scheduled> another_pass(const std::vector<scheduled>& before, const std::vector<std::string>& names) {
  const auto first = first_rounds(before);
  for (const auto& name : names) {
    if (!first.contains(name)) throw bad_input("'" + name + "' is no point of this run");
  }
  const std::set<std::string> wanted(names.begin(), names.end());
  std::map<std::string, int> repetitions;              // of each block
  std::map<std::string, std::vector<scheduled>> rows;  // of each block
  std::vector<std::string> blocks;
  std::set<std::string> seen;
  for (const auto& round : before) {
    const auto block = round.block();
    repetitions[block] = std::max(repetitions[block], round.repetition + 1);
    if (round.control || !wanted.contains(round.name()) || !seen.insert(round.name()).second) continue;
    if (rows[block].empty()) blocks.push_back(block);
    rows[block].push_back(round);
  }
  std::vector<scheduled> pass;
  int group = before.empty() ? 0 : before.back().group;
  for (const auto& block : blocks) append_row(pass, std::move(rows[block]), repetitions[block], ++group);
  return pass;
}

std::vector<scheduled> recorded_passes(const std::vector<scheduled>& planned, const std::vector<std::string>& rounds) {
  const auto first = first_rounds(planned);
  std::vector<scheduled> found;
  int group = planned.empty() ? 0 : planned.back().group;
  for (const auto& recorded : rounds) {
    const auto [name, repetition] = parts_of_round(recorded);
    const auto known = first.find(name);
    if (known == first.end()) throw bad_input("run.json: '" + name + "' is no point of this run");
    auto round = known->second;
    round.repetition = repetition;
    const bool same_row =
        !found.empty() && found.back().block() == round.block() && found.back().repetition == repetition;
    round.position = same_row ? found.back().position + 1 : 0;
    round.group = same_row ? group : ++group;
    found.push_back(std::move(round));
  }
  return found;
}

}  // namespace tvl::suite
