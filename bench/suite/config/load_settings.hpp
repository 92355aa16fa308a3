#pragma once
// What [load] and [quick] of a workload say.

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/config/variables.hpp"
#include "clients/load/plan/plan.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct load_settings {
  std::vector<variable> variables;            // `connections` always; those with several values are crossed
  std::uint64_t requests_per_connection = 0;  // 0 = keep-alive without end
  std::vector<in_addr> sources;               // addresses connections come from; empty = the kernel's choice
  double seconds = 3;
  double warmup_s = 1;
  int repetitions = 5;
  bool named_only = false;  // measured only when asked for by name
  double trace_s = 0;       // see load::plan, like the following
  double drip_s = load::crowd_plan{}.drip_s;
  std::vector<load::step> steps;  // with knee_slo rates are in percent of the knee
  std::optional<double> storm_s;
  std::optional<load::late_plan> late;
  std::optional<int> generator_processes;  // none = as many as its descriptors demand
  // What a rate must keep to be up to the knee, see load::slo; with it every rate is in percent of the contestant's
  // knee. Empty = rates are requests per second.
  std::string knee_slo;
};

// The table's keys on top of `defaults`. Throws bad_file.
load_settings read_load(table_reader&, load_settings defaults);

// What keys may only say together: throws bad_file that names the one to blame.
void check_load(const table_reader&, const load_settings&);

// What is wrong with the settings' times, e.g. after --seconds has changed the window: {key, what}; none = nothing.
struct config_error {
  std::string key, what;
};
std::optional<config_error> config_error_of(const load_settings&);

}  // namespace tvl::suite
