#include "bench/suite/profiling/point_profile.hpp"

#include "bench/suite/processes/program_output.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cmath>
#include <fstream>
#include <system_error>

namespace tvl::suite {
namespace {

constexpr std::size_t most_bytes = 200'000;
// A file without symbols is named from this share of the samples on.
constexpr double worth_naming = 0.05;
// Of the samples that the clock allows: fewer were throttled by the kernel, or perf began late.
constexpr double enough_samples = 0.9;

std::string percent(double share) { return std::to_string(std::lround(100 * share)) + " %"; }

std::vector<std::string> missing_in(const folded_stacks& all, double possible) {
  std::vector<std::string> missing;
  for (const auto& [file, samples] : all.nameless) {
    const double share = static_cast<double>(samples) / static_cast<double>(all.samples);
    if (share >= worth_naming) missing.push_back("no symbols of " + file);
  }
  const auto taken = static_cast<double>(all.samples + all.elsewhere + all.idle);
  if (taken < enough_samples * possible)
    missing.push_back("perf took " + percent(taken / possible) + " of the samples");
  return missing;
}

}  // namespace

point_profile::point_profile(std::filesystem::path folder, const std::vector<int>& server_cpus,
                             const std::vector<int>& own_cpus)
    : folder_(std::move(folder)), data_(folder_ / "perf.data"), cores_(server_cpus.size()) {
  if (cores_ == 0) {
    failure_ = "the server's cores are unknown";
    return;
  }
  try {
    perf_.emplace(server_cpus, data_, own_cpus);
  } catch (const not_profiled& reason) {
    failure_ = reason.what();
  }
}

void point_profile::metered(const load::meter::reading& begin, const load::meter::reading& end) {
  window_ = {begin.at_ns, end.at_ns, {}};
  for (const auto* r : {&begin, &end})
    for (const auto& member : r->tree) window_->server.insert(member.who.pid);
}

nlohmann::json point_profile::finish(const std::string& name) {
  nlohmann::json profile = {{"file", nullptr}, {"hz", perf_recording::hz}, {"missing", nlohmann::json::array()}};
  try {
    if (perf_) perf_->stop();
  } catch (const not_profiled& reason) {
    failure_ = reason.what();
  }
  if (failure_.empty() && !window_) failure_ = "the server was not metered";
  if (failure_.empty())
    profile.update(written(name));
  else
    profile["missing"].push_back(failure_);
  std::error_code absent;
  std::filesystem::remove(data_, absent);
  std::filesystem::remove(data_.string() + ".log", absent);
  return profile;
}

nlohmann::json point_profile::written(const std::string& name) const {
  const auto script = output_of("perf", {"script", "--input=" + data_.string(), "--fields=pid,tid,time,ip,sym,dso",
                                         "--ns", "--no-inline", "--show-lost-events", "--force"});
  const auto all = fold(script.text, *window_);
  const auto file = name + ".folded";
  std::ofstream out(folder_ / file, std::ios::binary);
  out << to_text(all, most_bytes);
  out.close();
  if (!out) throw std::system_error(errno, std::generic_category(), (folder_ / file).string());
  const double seconds = static_cast<double>(window_->end_ns - window_->begin_ns) / 1e9;
  return {{"file", file},
          {"samples", all.samples},
          {"elsewhere", all.elsewhere},
          {"idle", all.idle},
          {"lost", all.lost},
          {"missing", missing_in(all, perf_recording::hz * seconds * static_cast<double>(cores_))}};
}

}  // namespace tvl::suite
