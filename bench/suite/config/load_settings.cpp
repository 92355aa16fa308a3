#include "bench/suite/config/load_settings.hpp"

#include "clients/load/analysis/phases.hpp"
#include "clients/load/analysis/stall_trace.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/search/slo.hpp"

#include <algorithm>
#include <cmath>

namespace tvl::suite {
namespace {

constexpr int most_processes = 64;  // of the generator: each holds thousands of connections

const variable* find(const load_settings& settings, const std::string& name) {
  const auto found = std::ranges::find(settings.variables, name, &variable::name);
  return found == settings.variables.end() ? nullptr : &*found;
}

// A key that is one number of seconds.
struct duration {
  const char* key;
  bool may_be_zero;
  double& (*of)(load::plan&);
};
constexpr duration durations[] = {
    {"seconds", false, [](load::plan& p) -> double& { return p.seconds; }},
    {"warmup_s", true, [](load::plan& p) -> double& { return p.warmup_s; }},
    {"trace_s", true, [](load::plan& p) -> double& { return p.trace_s; }},
    {"drip_s", false, [](load::plan& p) -> double& { return p.crowd.drip_s; }},
};

int read_repetitions(table_reader& table, int usual) {
  const auto v = table.count_if("repetitions");
  if (v && (*v < 1 || *v > 1000)) table.fail_at("repetitions", "must be a whole number from 1 to 1000");
  return v ? static_cast<int>(*v) : usual;
}

// "auto" or a number.
void read_generator_processes(table_reader& table, load::plan& plan) {
  const std::string key = "processes_of_generator";
  const auto values = table.has(key) ? table.values(key) : std::vector<quantity>{};
  if (values.empty()) return;
  plan.processes = 0;
  if (values.size() == 1 && values[0].text == "auto") return;
  const auto number = values.size() == 1 ? values[0].number.value_or(0) : 0;
  if (number < 1 || number > most_processes || number != std::trunc(number))
    table.fail_at(key, "must be \"auto\" or a whole number from 1 to " + std::to_string(most_processes));
  plan.processes = static_cast<int>(number);
}

void read_changes(table_reader& table, load::plan& plan) {
  if (const auto rows = table.rows_if("steps", 2, "pairs [at_s, rate]")) {
    plan.steps.clear();
    for (const auto& row : *rows) plan.steps.push_back({row[0], row[1]});
  }
  if (const auto v = table.number_if("storm_s")) plan.storm_s = *v;
  const auto late = table.numbers_if("late", 2, "a pair [at_s, connections]");
  if (!late) return;
  const double count = (*late)[1];
  if (count < 1 || count > most_of_a_variable || count != std::trunc(count))
    table.fail_at("late", "has to bring a whole number of connections, at least 1");
  plan.late = {(*late)[0], static_cast<int>(count)};
}

void read_slo(table_reader& table, load_settings& settings) {
  const auto text = table.text_if("knee_slo");
  if (!text) return;
  try {
    load::parse_slo(*text);
  } catch (const load::bad_plan& error) {
    table.fail_at("knee_slo", error.what());
  }
  settings.knee_slo = *text;
}

}  // namespace

load_settings read_load(table_reader& table, load_settings settings) {
  for (const auto& v : load_variables()) {
    if (auto values = table.values_if(v)) put(settings.variables, v.name, std::move(*values));
  }
  if (const auto v = table.count_if("requests_per_connection")) {
    settings.plan.requests_per_connection = static_cast<std::uint64_t>(*v);
  }
  if (const auto v = table.text_if("sources")) {
    try {
      settings.plan.sources = load::parse_sources(*v);
    } catch (const load::bad_plan& error) {
      table.fail_at("sources", error.what());
    }
  }
  for (const auto& d : durations)
    if (const auto v = d.may_be_zero ? table.number_if(d.key) : table.positive_if(d.key)) d.of(settings.plan) = *v;
  settings.repetitions = read_repetitions(table, settings.repetitions);
  if (const auto v = table.flag_if("named_only")) settings.named_only = *v;
  read_changes(table, settings.plan);
  read_generator_processes(table, settings.plan);
  read_slo(table, settings);
  return settings;
}

std::optional<config_error> config_error_of(const load_settings& settings) {
  load::plan p = settings.plan;
  try {
    load::trace_of(p);
  } catch (const load::bad_plan& error) {
    return config_error{"trace_s", std::string("is too short: ") + error.what()};
  }
  p.rate = 1;  // whether there is one is check_load()'s to say
  try {
    load::check_changes(p);
  } catch (const load::bad_plan& error) {
    const std::string key = !p.steps.empty() ? "steps" : p.storm_s ? "storm_s" : "late";
    return config_error{key, std::string("is wrong: ") + error.what()};
  }
  return std::nullopt;
}

void check_load(const table_reader& table, const load_settings& settings) {
  if (const auto wrong = config_error_of(settings)) table.fail_at(wrong->key, wrong->what);
  const bool in_percent = find(settings, knee_variable) != nullptr;
  const auto* rate = find(settings, "rate");
  if (in_percent && settings.knee_slo.empty())
    table.fail_at("knee_slo", "is missing: what '" + std::string(knee_variable) + "' is a share of, e.g. \"p99=10ms\"");
  if (!settings.knee_slo.empty() && !in_percent)
    table.fail_at(knee_variable, "is missing: with 'knee_slo' every rate is in percent of the knee");
  if (in_percent && rate)
    table.fail_at("rate", "and '" + std::string(knee_variable) + "' are two ways to say one thing");
  const bool open_loop =
      in_percent || (rate && std::ranges::all_of(rate->values, [](const quantity& v) { return v.number.has_value(); }));
  if (!settings.plan.steps.empty() && !open_loop) table.fail_at("steps", "need a rate to begin with");
}

}  // namespace tvl::suite
