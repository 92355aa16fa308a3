#include "bench/suite/workload.hpp"

#include "bench/suite/endpoints.hpp"
#include "bench/suite/nearest.hpp"
#include "bench/suite/toml_file.hpp"
#include "clients/load/load.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

std::string one_of(table_reader& table, const std::string& key, const std::string& value,
                   const std::vector<std::string>& known) {
  if (std::ranges::find(known, value) == known.end()) table.fail_at(key, "names an " + unknown("word", value, known));
  return value;
}

load_settings read_load(table_reader& table, load_settings settings) {
  if (const auto v = table.counts_if("connections")) settings.connections = *v;
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
  table.reject_unknown();
  return settings;
}

void read_loads(table_reader& top, workload& w) {
  auto full = top.table_if("load");
  if (!full) top.fail_at("load", "is missing: a table [load]");
  w.full = read_load(*full, {});
  if (w.full.connections.empty()) full->fail_at("connections", "is missing: a list of whole numbers");
  auto quick = top.table_if("quick");
  w.quick = quick ? read_load(*quick, w.full) : w.full;
}

std::vector<ceiling> read_ceilings(table_reader& top) {
  std::vector<ceiling> ceilings;
  for (auto& table : top.tables("ceiling")) {
    ceiling c;
    c.label = table.text("label");
    c.per_connection = one_of(table, "per", table.text("per"), {"connection", "server"}) == "connection";
    c.rate = table.positive("rate");
    table.reject_unknown();
    ceilings.push_back(c);
  }
  return ceilings;
}

void read_chart(table_reader& top, workload& w) {
  auto chart = top.table_if("chart");
  if (!chart) return;
  w.panels = chart->texts("panels");
  for (const auto& panel : w.panels) {
    one_of(*chart, "panels", panel, {"throughput", "p50", "p99", "cpu", "switches", "memory"});
  }
  w.caption = chart->text("caption");
  chart->reject_unknown();
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
  w.endpoint = top.text("endpoint");
  const auto known = endpoint_names();
  if (std::ranges::find(known, w.endpoint) == known.end()) {
    top.fail_at("endpoint", "names an " + unknown("endpoint", w.endpoint, known));
  }
  w.parameters = top.scalars("parameters");
  w.contestants = top.texts("contestants");
  read_loads(top, w);
  w.ceilings = read_ceilings(top);
  read_chart(top, w);
  top.reject_unknown();
  request_path(w, all_endpoints().at(w.endpoint));
  return w;
}

std::string request_path(const workload& w, const std::string& path_template) {
  return fill(path_template, [&](const std::string& name) -> std::optional<std::string> {
    const auto value = w.parameters.find(name);
    if (value == w.parameters.end()) {
      fail(w.file, 1, "'parameters' lacks '" + name + "', which " + path_template + " needs");
    }
    return value->second;
  });
}

double ceiling_rate(const ceiling& c, int connections) { return c.per_connection ? c.rate * connections : c.rate; }

}  // namespace tvl::suite
