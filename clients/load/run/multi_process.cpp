#include "clients/load/run/multi_process.hpp"

#include "clients/load/analysis/phases.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/plan/plan_serialization.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/run/generator_group.hpp"
#include "clients/load/run/generator_process.hpp"
#include "clients/load/run/run.hpp"

#include <nlohmann/json.hpp>

#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {

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
  generator_group group{.members = {}, .head_start = 50 * one_millisecond};
  std::vector<meter> generators;
  for (int i = 0; i < n; ++i) {
    auto process = std::make_unique<generator_process>(tvl_load);
    generators.emplace_back(process->pid());
    group.members.push_back(
        {std::move(process), "generator process " + std::to_string(i + 1) + " of " + std::to_string(n)});
  }
  for (const auto& g : generators) group.meters.push_back(&g);
  return run_together(whole, group, w).whole;
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
