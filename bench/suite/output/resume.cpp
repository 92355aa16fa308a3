#include "bench/suite/output/resume.hpp"

#include "bench/suite/output/json_file.hpp"
#include "bench/suite/output/recorded_text.hpp"
#include "bench/support/usage_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>

namespace tvl::suite {
namespace {

using nlohmann::json;

constexpr char file_name[] = "run.json";
constexpr int schema = 1;

std::string round_name(const scheduled& s) { return s.name() + "#" + std::to_string(s.repetition); }

// A point's record -> its round's name.
std::string round_name(const json& r) {
  const auto name = r.at("workload").get<std::string>() + "/" + r.at("contestant").get<std::string>() + "/" +
                    r.at("load").get<std::string>();
  const auto profile = r.find("profile");
  const bool profiled = profile != r.end() && profile->is_object();
  return name + (r.value("control", false) ? "/control" : "") + (profiled ? "/profiled" : "") + "#" +
         std::to_string(r.at("repetition").get<int>());
}

struct line {
  json record;
  std::uintmax_t begin = 0, end = 0;
};

struct lines {
  std::vector<line> whole;
  bool torn = false;
};

lines read_lines(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw bad_input(file.string() + " cannot be read");
  lines found;
  std::uintmax_t begin = 0;
  for (std::string text; std::getline(in, text);) {
    if (found.torn)
      throw bad_input(file.string() + ": line " + std::to_string(found.whole.size() + 1) + " is no record");
    auto record = json::parse(text, nullptr, false);
    found.torn = in.eof() || !record.is_object();  // the last one ends in no newline
    if (found.torn) continue;
    const auto end = begin + text.size() + 1;
    found.whole.push_back({std::move(record), begin, end});
    begin = end;
  }
  return found;
}

// Whether a contestant failed and was left out of its workload.
bool is_failure(const json& record) {
  return record.contains("left_out") && !record.contains("load") && record.at("left_out").at("status") == "failed";
}

// Whether this round and the one before it belong to one row.
bool in_a_row(const std::vector<scheduled>& rounds, std::size_t at) {
  return at > 0 && at < rounds.size() && rounds[at - 1].group == rounds[at].group;
}

using failures = std::set<std::pair<std::string, std::string>>;

// In the file up to there.
failures failed_before(const lines& found, std::uintmax_t end) {
  failures failed;
  for (const auto& one : found.whole) {
    if (one.begin < end && is_failure(one.record))
      failed.emplace(one.record.at("workload"), one.record.at("contestant"));
  }
  return failed;
}

// The begin of the row that is not complete, or the round after it. Who failed has no more points in its rows.
std::size_t first_unmeasured(const std::vector<scheduled>& rounds, std::size_t next, const failures& failed) {
  while (in_a_row(rounds, next) && failed.contains({rounds[next].workload, rounds[next].contestant})) ++next;
  while (in_a_row(rounds, next)) --next;
  return next;
}

kept_points keep(const lines& found, const std::vector<scheduled>& rounds) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < rounds.size(); ++i) places[round_name(rounds[i])] = i;
  kept_points kept;
  if (!found.whole.empty()) kept.bytes = found.whole.back().end;
  kept.torn = found.torn;
  std::vector<std::pair<std::size_t, std::uintmax_t>> points;  // round, where its line begins
  for (const auto& one : found.whole) {
    if (one.record.contains("left_out")) continue;
    const auto round = places.at(round_name(one.record));
    if (one.record.value("interrupted", false)) {  // the last one
      kept.bytes = one.begin;
      ++kept.again;
      break;
    }
    points.emplace_back(round, one.begin);
    const auto knee = one.record.find("knee");
    if (knee != one.record.end() && knee->is_object()) kept.knees[round] = knee->at("rate");
  }
  if (!points.empty()) kept.next = first_unmeasured(rounds, points.back().first + 1, failed_before(found, kept.bytes));
  for (; !points.empty() && points.back().first >= kept.next; points.pop_back(), ++kept.again) {
    kept.bytes = points.back().second;
  }
  kept.points = points.size();
  kept.failed = failed_before(found, kept.bytes);
  return kept;
}

// The rounds without controls, sorted.
std::vector<std::string> names_without_controls(std::vector<std::string> rounds) {
  std::erase_if(rounds, [](const std::string& name) { return name.find("/control#") != name.npos; });
  std::ranges::sort(rounds);
  return rounds;
}

}  // namespace

std::vector<std::string> round_names(const std::vector<scheduled>& rounds) {
  std::vector<std::string> names;
  for (const auto& round : rounds) names.push_back(round_name(round));
  return names;
}

void write_run_order(const std::filesystem::path& folder, const run_order& order) {
  json arguments = json::array();
  for (const auto& word : order.arguments) arguments.push_back(without_secrets(word));
  write_json(folder / file_name, {{"schema", schema},
                                  {"arguments", arguments},
                                  {"seed", order.seed},
                                  {"rounds", order.rounds},
                                  {"folder", order.folder}});
}

run_order read_run_order(const std::filesystem::path& folder) {
  std::ifstream in(folder / file_name);
  if (!in) throw bad_input(folder.string() + " has no run.json: there is no run to go on with");
  run_order order;
  try {
    const auto found = json::parse(in);
    if (found.at("schema") != schema) {
      throw bad_input((folder / file_name).string() + ": schema " + found.at("schema").dump() +
                      ", this program reads schema " + std::to_string(schema));
    }
    order = {found.at("arguments"), found.at("seed"), found.at("rounds"), found.value("folder", "")};
  } catch (const json::exception&) {
    throw bad_input((folder / file_name).string() + " is not what tvl-suite wrote");
  }
  for (const auto& word : order.arguments) {
    if (word.find(hidden) == word.npos) continue;
    throw bad_input((folder / file_name).string() + " does not hold the secret of " + word +
                    ", so the run cannot go on: begin it with a manifest that has the secret");
  }
  return order;
}

// The seed of a run and its flags give the same rounds in the same order, as long as the version orders them alike.
std::string why_rounds_differ(const std::vector<std::string>& recorded, const std::vector<std::string>& planned) {
  if (names_without_controls(recorded) == names_without_controls(planned))
    return "the run has the same points with other controls or in another order: it is of an older version of "
           "tvl-suite, "
           "or its workloads list them in another order now";
  return "workloads or contestants are not those any more that the run was begun with";
}

kept_points read_kept_points(const std::filesystem::path& file, const std::vector<scheduled>& rounds) {
  const auto found = read_lines(file);
  try {
    return keep(found, rounds);
  } catch (const json::exception&) {
    throw bad_input(file.string() + " holds a record that is not one of tvl-suite's");
  } catch (const std::out_of_range&) {
    throw bad_input(file.string() + " holds a point that this run does not have");
  }
}

std::string to_text(const kept_points& kept) {
  std::string text = std::to_string(kept.points) + " points are kept";
  if (kept.again > 0) text += ", " + std::to_string(kept.again) + " of an incomplete repetition are measured again";
  if (kept.torn) text += ", the last line was written in part and is cut off";
  return text;
}

}  // namespace tvl::suite
