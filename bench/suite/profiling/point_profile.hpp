#pragma once
// The profile of one point: the stacks of its server's processes while it was metered.

#include "bench/suite/profiling/folded_stacks.hpp"
#include "bench/suite/profiling/perf_recording.hpp"
#include "clients/load/meter/meter.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

class point_profile {
 public:
  // Records from now on, on the server's cores. `folder` is that of all profiles of the run.
  point_profile(std::filesystem::path folder, const std::vector<int>& server_cpus, const std::vector<int>& own_cpus);

  // The readings of the server at both ends of the window.
  void metered(const load::meter::reading& begin, const load::meter::reading& end);

  // Ends the recording and writes FOLDER/NAME.folded, at most 200 KB. What a point's record says of it:
  //   file       null when no profile could be taken
  //   hz         of each core
  //   samples    of the server in the window; elsewhere, idle: the rest
  //   missing    what is not in it, and why: one line each
  nlohmann::json finish(const std::string& name);

 private:
  nlohmann::json written(const std::string& name) const;

  std::filesystem::path folder_, data_;
  std::size_t cores_;
  std::optional<perf_recording> perf_;
  std::string failure_;  // why there is no recording
  std::optional<sampled_window> window_;
};

}  // namespace tvl::suite
