#include "bench/suite/manifest.hpp"

#include "bench/suite/endpoints.hpp"
#include "bench/suite/nearest.hpp"
#include "bench/suite/programs.hpp"
#include "bench/suite/toml_file.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

void check_command(const table_reader& top, const manifest& m) {
  static const std::vector<std::string> known = {"bin",       "port",  "dir",      "threads",
                                                 "processes", "redis", "postgres", "upstream"};
  for (const auto& word : m.command) {
    for (const auto& name : placeholders(word)) {
      if (!contains(known, name)) top.fail_at("command", "has an " + unknown("placeholder", name, known));
    }
  }
}

std::map<std::string, std::string> read_endpoints(std::optional<table_reader> table) {
  if (!table) return all_endpoints();
  std::map<std::string, std::string> offered;
  for (const auto& [name, standard] : all_endpoints()) {
    const auto path = table->text_if(name);
    if (!path) continue;
    if (path->front() != '/') table->fail_at(name, "must be a path that begins with '/'");
    const auto known = placeholders(standard);
    for (const auto& used : placeholders(*path)) {
      if (!contains(known, used)) table->fail_at(name, "has an " + unknown("placeholder", used, known));
    }
    offered.emplace(name, *path);
  }
  table->reject_unknown();
  return offered;
}

}  // namespace

manifest read_manifest(const std::filesystem::path& file) {
  static const std::vector<std::string> models = {"threads", "pool",   "prefork", "loop",
                                                  "loops",   "fibers", "uring",   "other"};
  const auto parsed = parse_toml(file);
  table_reader top(file, "", parsed);
  manifest m;
  m.file = file;
  m.name = top.text("name");
  if (m.name != file.stem()) top.fail_at("name", "is '" + m.name + "', but the file is " + file.filename().string());
  m.title = top.text("title");
  m.model = top.text("model");
  if (!contains(models, m.model)) top.fail_at("model", "names an " + unknown("model", m.model, models));
  m.versus = top.text_if("versus");
  m.command = top.texts("command");
  check_command(top, m);
  m.needs = top.texts_if("needs").value_or(std::vector<std::string>{});
  m.endpoints = read_endpoints(top.table_if("endpoints"));
  top.reject_unknown();
  return m;
}

std::optional<std::string> missing_program(const manifest& m) {
  const auto missing = [](const std::string& name) { return find_program(name).empty(); };
  const auto found = std::ranges::find_if(m.needs, missing);
  return found == m.needs.end() ? std::nullopt : std::optional(*found);
}

}  // namespace tvl::suite
