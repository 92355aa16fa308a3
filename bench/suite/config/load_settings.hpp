#pragma once
// What [load] and [quick] of a workload say.

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/config/variables.hpp"
#include "clients/load/plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct load_settings {
  std::vector<variable> variables;  // `connections` always; those with several values are crossed
  load::plan plan;                  // what all points have in common; with knee_slo rates of steps are in percent of it
  int repetitions = 5;
  bool named_only = false;  // measured only when asked for by name
  // What a rate must keep to be up to the knee, see load::slo; with it every rate is in percent of the contestant's
  // knee. Empty = rates are requests per second.
  std::string knee_slo;

  load_settings() {
    plan.seconds = 3;
    plan.processes = 0;  // as many as their descriptors make necessary
  }
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
