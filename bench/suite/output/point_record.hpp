#pragma once
// From a load run to a line of points.jsonl.

#include "bench/machine/cpus.hpp"
#include "bench/machine/idle_check.hpp"
#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/output/outcome.hpp"
#include "bench/suite/services/services.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/point/point.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// Facts about a point that only the suite has.
struct point_context {
  struct share_of_knee {
    double rate = 0;  // the knee, in requests per second
    std::string slo;
  };

  scheduled where;
  concurrency_slots at_once;
  std::string path;
  std::string started;  // ISO 8601, UTC
  bool quick = false;
  cpu_split cpus;
  nlohmann::json server_counters = nullptr;
  std::string complaints = "";                                   // of the server, see exit_status
  std::string not_metered = "";                                  // why the server's costs are unknown
  bool metered = false;                                          // its processes are known
  nlohmann::json services = nullptr;                             // that it called, see services::record()
  std::optional<share_of_knee> knee = std::nullopt;              // of a point whose load is a share of it
  std::optional<std::string> congestion_control = std::nullopt;  // of the server's connections; none = unknown
  idle_check idle = {};                                          // before the repetition of its block
  // See point_profile; null = a point without one, beside a profiled one; none = no run of profiles.
  std::optional<nlohmann::json> profile = std::nullopt;
};

// Adds to the verdict what only the suite knows: a throughput more than 2 % above a ceiling is impossible,
// one close to it is limited by it; server and generator on one core.
void judge(load::point&, const workload&, const point_context&);

// A full service is the limit, except of a full server.
void judge_services(load::point&, const cpu_shares&, const cpu_split&, const std::vector<int>& service_cpus);

nlohmann::json point_record(const load::point&, const workload&, const manifest&, const point_context&);
nlohmann::json point_record(const load::room_result&, const workload&, const manifest&, const point_context&);

// Null = not known, of a contestant whose manifest is broken.
nlohmann::json left_out_record(const left_out&, const catalogue&);

// For a point that exceeds a limit of this machine. It ends its line; `reason.code` is the limit's name.
nlohmann::json limit_record(const scheduled&, const load::reason&, const catalogue&);

// For Google Benchmark. Response time and rate are those of the first target, the foreground requests.
outcome outcome_of(const load::point&);
// In a room deliveries count as replies. `record` is its point_record().
outcome outcome_of(const load::room_result&, const nlohmann::json& record);

}  // namespace tvl::suite
