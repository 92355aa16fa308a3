#include "bench/suite/config/workload.hpp"

#include "bench/suite/config/claims.hpp"
#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <ranges>

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

// `key` names a variable that is calculated with.
void need_numbers(table_reader& table, const std::string& key, const std::string& name, const load_settings& load) {
  const auto& values = std::ranges::find(load.variables, name, &variable::name)->values;
  const auto word = std::ranges::find_if(values, [](const quantity& value) { return !value.number; });
  if (word != values.end()) table.fail_at(key, "is '" + name + "', which may be '" + word->text + "': no number");
}

// What the endpoints' paths have places for, and nothing else.
std::vector<variable> read_parameters(table_reader& parent, const std::vector<std::string>& endpoints) {
  std::vector<variable> parameters;
  auto table = parent.table_if("parameters");
  const auto given = table ? table->keys() : std::vector<std::string>{};
  for (const auto& endpoint : endpoints) {
    const auto& path = all_endpoints().at(endpoint);
    for (const auto& name : placeholders(path)) {
      if (std::ranges::find(given, name) == given.end()) {
        parent.fail_at("parameters", "lacks '" + name + "', which " + path + " needs");
      }
      put(parameters, name, table->values(name));
    }
  }
  if (table) table->reject_unknown();
  return parameters;
}

std::vector<quantity> read_percent(table_reader& table) {
  auto values = table.values(percent_variable);
  for (const auto& value : values) {
    if (!value.number || *value.number < 0 || *value.number >= 100) {
      table.fail_at(percent_variable, "must be a number from 0 to below 100, or a list of such");
    }
  }
  return values;
}

std::vector<std::string> endpoint_names() {
  std::vector<std::string> names;
  for (const auto& [name, path] : all_endpoints()) names.push_back(name);
  return names;
}

// Behind those of [parameters].
void read_beside(table_reader& top, workload& w, std::vector<variable>& variables) {
  auto table = top.table_if("beside");
  if (!table) return;
  std::vector<quantity> values;
  std::vector<std::string> all;
  for (const auto& value : table->texts("endpoints")) {
    for (const auto& name : endpoints_at_once(value)) {
      one_of(*table, "endpoints", "endpoint", name, endpoint_names());
      if (std::ranges::find(all, name) != all.end()) table->fail_at("endpoints", "holds " + name + " twice");
      all.push_back(name);
    }
    w.beside.push_back(value);
    values.push_back({value, std::nullopt});
  }
  put(variables, percent_variable, read_percent(*table));
  put(variables, beside_variable, std::move(values));
  for (auto& parameter : read_parameters(*table, all)) {
    const auto names = names_of(variables);
    if (std::ranges::find(names, parameter.name) != names.end()) {
      table->fail_at("parameters", "has '" + parameter.name + "', a variable that there is already");
    }
    variables.push_back(std::move(parameter));
  }
  table->reject_unknown();
}

void read_loads(table_reader& top, workload& w) {
  auto full = top.table_if("load");
  if (!full) top.fail_at("load", "is missing: a table [load]");
  load_settings defaults;
  defaults.variables = read_parameters(top, {w.endpoint});
  read_beside(top, w, defaults.variables);
  w.full = read_load(*full, std::move(defaults));
  full->reject_unknown();
  if (w.full.variables.empty() || w.full.variables.front().name != "connections") {
    full->fail_at("connections", "is missing: a whole number or a list of them");
  }
  check_load(*full, w.full);
  auto quick = top.table_if("quick");
  w.quick = quick ? read_load(*quick, w.full) : w.full;
  if (!quick) return;
  if (!w.beside.empty() && quick->has(percent_variable)) put(w.quick.variables, percent_variable, read_percent(*quick));
  quick->reject_unknown();
  check_load(*quick, w.quick);
}

// On top of [load]. A share of 10 % of 2000 samples has an interval of 9 to 11 %: 499 a second need seconds.
void read_why(table_reader& top, workload& w) {
  auto table = top.table_if("why");
  if (!table) return;
  auto defaults = w.full;
  defaults.plan.seconds = 5;
  defaults.repetitions = 2;
  auto contestants = table->texts("contestants");
  w.why = {std::move(contestants), read_load(*table, std::move(defaults))};
  table->reject_unknown();
  check_load(*table, w.why->load);
}

std::vector<ceiling> read_ceilings(table_reader& top) {
  std::vector<ceiling> ceilings;
  for (auto& table : top.tables("ceiling")) {
    ceiling c;
    c.label = table.text("label");
    // In the order of ceiling::unit.
    const std::vector<std::string> known = {"server", "connection", "thread", "pool", "offload_thread"};
    const auto per = one_of(table, "per", "unit", table.text("per"), known);
    c.per = static_cast<ceiling::unit>(std::ranges::find(known, per) - known.begin());
    c.rate = table.positive("rate");
    table.reject_unknown();
    ceilings.push_back(c);
  }
  return ceilings;
}

std::vector<expectation> read_expected(table_reader& top, const load_settings& full, const load_settings& quick) {
  std::vector<expectation> expected;
  for (auto& table : top.tables("expected")) {
    expectation e{table.text("label"), table.texts("product")};
    for (const auto& name : e.product) {
      one_of(table, "product", "variable", name, names_of(full.variables));
      for (const auto* load : {&full, &quick}) need_numbers(table, "product", name, *load);
    }
    table.reject_unknown();
    expected.push_back(std::move(e));
  }
  return expected;
}

void read_axes(table_reader& chart, workload& w) {
  const auto known = names_of(w.full.variables);
  w.x = one_of(chart, "x", "variable", chart.text_if("x").value_or(w.x), known);
  for (const auto* load : {&w.full, &w.quick}) need_numbers(chart, "x", w.x, *load);
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
    one_of(*chart, "panels", "word", panel, known_panels());
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

void read_kind(table_reader& top, workload& w) {
  w.is_room = one_of(top, "kind", "kind", top.text_if("kind").value_or("load"), {"load", "room"}) == "room";
  if (w.is_room && w.endpoint != "ws_room") top.fail_at("kind", "is \"room\", which is for the endpoint ws_room");
  if (!w.is_room && w.endpoint == "ws_room") top.fail_at("endpoint", "is ws_room, which needs kind = \"room\"");
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
  read_kind(top, w);
  read_loads(top, w);
  read_why(top, w);
  w.ceilings = read_ceilings(top);
  w.expected = read_expected(top, w.full, w.quick);
  w.claimed = read_claims(top);
  read_chart(top, w);
  check_sizes(w.claimed, std::ranges::find(w.full.variables, w.x, &variable::name)->values);
  top.reject_unknown();
  for (auto* load : {&w.full, &w.quick, w.why ? &w.why->load : &w.full}) {
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

std::vector<std::string> endpoints_at_once(const std::string& value) {
  std::vector<std::string> names;
  for (const auto part : std::views::split(value, '+')) names.emplace_back(part.begin(), part.end());
  return names;
}

std::vector<std::string> endpoints_of(const workload& w, const std::vector<setting>& settings) {
  std::vector<std::string> endpoints = {w.endpoint};
  if (const auto* other = find(settings, beside_variable))
    std::ranges::copy(endpoints_at_once(other->text), std::back_inserter(endpoints));
  for (const auto& v : load_variables()) {
    const auto* value = v.endpoint.empty() ? nullptr : find(settings, v.name);
    if (value != nullptr && *value->number > 0) endpoints.push_back(v.endpoint);
  }
  return endpoints;
}

bool keeps_connections(const workload& w, const load_settings& load) {
  if (is_websocket(w.endpoint)) return false;
  const auto pipelining = std::ranges::find(load.variables, "greedy", &variable::name) != load.variables.end();
  return load.plan.requests_per_connection != 1 || pipelining;
}

std::vector<std::string> background_endpoints(const load_settings& load) {
  std::vector<std::string> endpoints;
  for (const auto& v : load_variables()) {
    const auto swept = std::ranges::find(load.variables, v.name, &variable::name);
    if (v.endpoint.empty() || swept == load.variables.end()) continue;
    if (std::ranges::any_of(swept->values, [](const quantity& value) { return *value.number > 0; }))
      endpoints.push_back(v.endpoint);
  }
  return endpoints;
}

std::optional<int> units(const ceiling& c, const concurrency_slots& r) {
  switch (c.per) {
    case ceiling::unit::server:
      return 1;
    case ceiling::unit::connection:
      return r.connections;
    case ceiling::unit::thread:
      return r.threads;
    case ceiling::unit::pool:
      return r.pool;
    case ceiling::unit::offload_thread:
      return r.offload_threads;
  }
  return std::nullopt;
}

std::optional<double> ceiling_rate(const ceiling& c, const concurrency_slots& r) {
  const auto n = units(c, r);
  return n ? std::optional(c.rate * *n) : std::nullopt;
}

std::optional<double> expected_ms(const expectation& e, const std::vector<setting>& settings) {
  double ms = 1;
  for (const auto& name : e.product) {
    const auto* value = find(settings, name);
    if (value == nullptr || !value->number) return std::nullopt;
    ms *= *value->number;
  }
  return ms;
}

}  // namespace tvl::suite
