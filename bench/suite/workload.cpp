#include "bench/suite/workload.hpp"

#include "bench/suite/endpoints.hpp"
#include "bench/suite/nearest.hpp"
#include "bench/suite/toml_file.hpp"
#include "clients/load/load.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

std::string one_of(table_reader& table, const std::string& key, const std::string& kind, const std::string& value,
                   const std::vector<std::string>& known) {
  if (std::ranges::find(known, value) == known.end()) table.fail_at(key, "names an " + unknown(kind, value, known));
  return value;
}

std::vector<std::string> names_of(const std::vector<variable>& variables) {
  std::vector<std::string> names;
  std::ranges::transform(variables, std::back_inserter(names), &variable::name);
  return names;
}

load_settings read_load(table_reader& table, load_settings settings) {
  for (const auto& v : load_variables()) {
    if (auto values = table.values_if(v)) put(settings.variables, v.name, std::move(*values));
  }
  if (const auto v = table.count_if("requests_per_connection")) {
    settings.requests_per_connection = static_cast<std::uint64_t>(*v);
  }
  if (const auto v = table.text_if("sources")) {
    try {
      settings.sources = load::parse_sources(*v);
    } catch (const load::bad_plan& error) {
      table.fail_at("sources", error.what());
    }
  }
  if (const auto v = table.positive_if("seconds")) settings.seconds = *v;
  if (const auto v = table.number_if("warmup_s")) settings.warmup_s = *v;
  if (const auto v = table.count_if("repetitions")) {
    if (*v < 1 || *v > 1000) table.fail_at("repetitions", "must be a whole number from 1 to 1000");
    settings.repetitions = static_cast<int>(*v);
  }
  return settings;
}

// What the endpoint's path has a place for, and nothing else.
std::vector<variable> read_parameters(table_reader& top, const std::string& path) {
  std::vector<variable> parameters;
  auto table = top.table_if("parameters");
  const auto wanted = placeholders(path);
  for (const auto& name : wanted) {
    const auto given = table ? table->keys() : std::vector<std::string>{};
    if (std::ranges::find(given, name) == given.end()) {
      top.fail_at("parameters", "lacks '" + name + "', which " + path + " needs");
    }
    parameters.push_back({name, table->values(name)});
  }
  if (table) table->reject_unknown();
  return parameters;
}

void read_loads(table_reader& top, workload& w) {
  auto full = top.table_if("load");
  if (!full) top.fail_at("load", "is missing: a table [load]");
  load_settings defaults;
  defaults.variables = read_parameters(top, all_endpoints().at(w.endpoint));
  w.full = read_load(*full, std::move(defaults));
  full->reject_unknown();
  if (w.full.variables.empty() || w.full.variables.front().name != "connections") {
    full->fail_at("connections", "is missing: a whole number or a list of them");
  }
  auto quick = top.table_if("quick");
  w.quick = quick ? read_load(*quick, w.full) : w.full;
  if (!quick) return;
  w.named_only = quick->flag_if("named_only").value_or(false);
  quick->reject_unknown();
}

std::vector<ceiling> read_ceilings(table_reader& top) {
  std::vector<ceiling> ceilings;
  for (auto& table : top.tables("ceiling")) {
    ceiling c;
    c.label = table.text("label");
    const std::vector<std::string> units = {"server", "connection", "thread"};  // in the order of ceiling::unit
    const auto per = one_of(table, "per", "unit", table.text("per"), units);
    c.per = static_cast<ceiling::unit>(std::ranges::find(units, per) - units.begin());
    c.rate = table.positive("rate");
    table.reject_unknown();
    ceilings.push_back(c);
  }
  return ceilings;
}

void read_axes(table_reader& chart, workload& w) {
  const auto known = names_of(w.full.variables);
  w.x = one_of(chart, "x", "variable", chart.text_if("x").value_or(w.x), known);
  for (const auto* load : {&w.full, &w.quick}) {
    const auto& values = std::ranges::find(load->variables, w.x, &variable::name)->values;
    const auto word = std::ranges::find_if(values, [](const quantity& value) { return !value.number; });
    if (word != values.end()) chart.fail_at("x", "is '" + w.x + "', which may be '" + word->text + "': no number");
  }
  w.series = chart.text_if("series");
  if (!w.series) return;
  one_of(chart, "series", "variable", *w.series, known);
  const auto& values = std::ranges::find(w.full.variables, *w.series, &variable::name)->values;
  if (*w.series == w.x) chart.fail_at("series", "is the x axis");
  if (values.size() < 2) chart.fail_at("series", "is '" + *w.series + "', which has one value only");
}

void read_chart(table_reader& top, workload& w) {
  auto chart = top.table_if("chart");
  if (!chart) return;
  w.panels = chart->texts("panels");
  for (const auto& panel : w.panels) {
    one_of(*chart, "panels", "word", panel, {"throughput", "p50", "p99", "cpu", "switches", "memory"});
  }
  w.caption = chart->text("caption");
  read_axes(*chart, w);
  chart->reject_unknown();
}

role part_of(const variable& v, const workload& w) {
  if (v.name == w.x) return role::x;
  if (v.values.size() == 1) return role::fixed;
  return v.name == w.series ? role::series : role::facet;
}

std::vector<std::string> endpoint_names() {
  std::vector<std::string> names;
  for (const auto& [name, path] : all_endpoints()) names.push_back(name);
  return names;
}

}  // namespace

workload read_workload(const std::filesystem::path& file) {
  const auto parsed = parse_toml(file);
  table_reader top(file, "", parsed);
  workload w;
  w.file = file;
  w.name = file.stem().string();
  w.question = top.text("question");
  if (w.question.back() != '?') top.fail_at("question", "must end in a question mark");
  w.endpoint = one_of(top, "endpoint", "endpoint", top.text("endpoint"), endpoint_names());
  w.contestants = top.texts("contestants");
  read_loads(top, w);
  w.ceilings = read_ceilings(top);
  read_chart(top, w);
  top.reject_unknown();
  for (auto* load : {&w.full, &w.quick}) {
    for (auto& v : load->variables) v.part = part_of(v, w);
  }
  return w;
}

std::string request_path(const std::string& path_template, const std::vector<setting>& settings) {
  return fill(path_template, [&](const std::string& name) -> std::optional<std::string> {
    const auto* value = find(settings, name);
    return value == nullptr ? std::nullopt : std::optional(value->text);
  });
}

std::optional<double> ceiling_rate(const ceiling& c, const room& r) {
  switch (c.per) {
    case ceiling::unit::server:
      return c.rate;
    case ceiling::unit::connection:
      return c.rate * r.connections;
    case ceiling::unit::thread:
      break;
  }
  return r.threads ? std::optional(c.rate * *r.threads) : std::nullopt;
}

}  // namespace tvl::suite
