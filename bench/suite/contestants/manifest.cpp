#include "bench/suite/contestants/manifest.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/manifest_table.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <limits>
#include <regex>

namespace tvl::suite {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

void check_command(const table_reader& top, const manifest& m) {
  std::vector<std::string> known = {"bin", "port", "dir", "python", "redis", "postgres", "upstream"};
  for (const auto& v : command_variables()) known.push_back(v.name);
  for (const auto& word : m.command) {
    for (const auto& name : placeholders(word)) {
      if (!contains(known, name)) top.fail_at("command", "has an " + unknown("placeholder", name, known));
    }
  }
}

// It is part of point names and file names.
void read_name(table_reader& top, manifest& m) {
  static const std::regex pattern("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  m.name = top.text("name");
  if (!std::regex_match(m.name, pattern)) top.fail_at("name", "may hold letters, digits, '_', '-' and '.' only");
}

std::string read_model(table_reader& top) {
  static const std::vector<std::string> models = {"threads", "pool",   "prefork", "loop",
                                                  "loops",   "fibers", "uring",   "other"};
  const auto model = top.text("model");
  if (!contains(models, model)) top.fail_at("model", "names an " + unknown("model", model, models));
  return model;
}

void read_url(table_reader& top, manifest& m) {
  static const std::regex pattern(R"((http://[^/?#\s]+|unix:[^:#\s]+:?)/?)");
  std::smatch match;
  if (!std::regex_match(*m.url, match, pattern)) top.fail_at("url", "must be http://HOST:PORT or unix:/SOCKET, without a path");
  m.url = match.str(1);
  if (top.texts_if("command")) top.fail_at("url", "is for a server that runs already: it has no 'command'");
  if (top.count_if("port")) top.fail_at("port", "is for a server with a 'command'; here it belongs into 'url'");
  if (const auto pid = top.count_if("pid")) {
    if (*pid < 1 || *pid > std::numeric_limits<pid_t>::max()) top.fail_at("pid", "is no process number");
    m.pid = static_cast<pid_t>(*pid);
  }
}

void read_command(table_reader& top, manifest& m) {
  m.command = top.texts("command");
  check_command(top, m);
  if (top.count_if("pid")) top.fail_at("pid", "is for a server that runs already, with a 'url'");
  const auto port = top.count_if("port");
  if (!port) return;
  if (*port < 1 || *port > 65535) top.fail_at("port", "must be a whole number from 1 to 65535");
  const auto takes_one = [](const std::string& word) { return contains(placeholders(word), "port"); };
  if (std::ranges::any_of(m.command, takes_one)) top.fail_at("port", "is for a command without {port}");
  m.port = static_cast<int>(*port);
}

std::map<std::string, quantity> read_defaults(std::optional<table_reader> table, const manifest& m) {
  std::map<std::string, quantity> defaults;
  if (!table) return defaults;
  for (const auto& v : command_variables()) {
    const auto value = table->value_if(v);
    if (!value) continue;
    if (!takes(m, v.name)) table->fail_at(v.name, "has no {" + v.name + "} in 'command' to fill");
    defaults.emplace(v.name, *value);
  }
  table->reject_unknown();
  return defaults;
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
  if (offered.empty()) table->fail_at("plaintext", "or any other endpoint must be there");
  return offered;
}

}  // namespace

std::string to_text(contestant_kind kind) {
  return kind == contestant_kind::launch ? "launch" : kind == contestant_kind::attach ? "attach" : "remote";
}

contestant_kind manifest::kind() const {
  if (!url) return contestant_kind::launch;
  return pid ? contestant_kind::attach : contestant_kind::remote;
}

manifest read_manifest_table(const toml::table& table, const std::filesystem::path& source, manifest_origin origin) {
  table_reader top(source, "", table);
  const bool ours = origin == manifest_origin::catalogue;
  manifest m;
  m.file = std::filesystem::absolute(source);
  read_name(top, m);
  if (ours && m.name != source.stem()) {
    top.fail_at("name", "is '" + m.name + "', but the file is " + source.filename().string());
  }
  m.title = ours ? top.text("title") : top.text_if("title").value_or(m.name);
  m.model = ours || top.text_if("model") ? read_model(top) : "other";
  m.versus = top.text_if("versus");
  m.url = top.text_if("url");
  m.url ? read_url(top, m) : read_command(top, m);
  m.one_process = top.flag_if("one_process").value_or(false);
  m.needs = top.texts_if("needs").value_or(std::vector<std::string>{});
  m.defaults = read_defaults(top.table_if("defaults"), m);
  m.endpoints = read_endpoints(top.table_if("endpoints"));
  top.reject_unknown();
  return m;
}

manifest read_manifest(const std::filesystem::path& file) {
  return read_manifest_table(parse_toml(file), file, manifest_origin::catalogue);
}

manifest read_user_manifest(const std::filesystem::path& file) {
  return read_manifest_table(parse_toml(file), file, manifest_origin::user);
}

std::map<std::string, quantity> standards(const manifest& m, int server_cores) {
  auto all = m.defaults;
  for (const auto& v : command_variables()) {
    all.emplace(v.name, v.standard.text.empty() ? quantity::of(server_cores) : v.standard);
  }
  return all;
}

bool takes(const manifest& m, const std::string& name) {
  return std::ranges::any_of(m.command, [&](const std::string& word) { return contains(placeholders(word), name); });
}

}  // namespace tvl::suite
