#include "bench/suite/contestants/manifest.hpp"

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/contestants/manifest_table.hpp"
#include "bench/suite/contestants/requests.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <regex>

namespace tvl::suite {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

void check_words(const table_reader& table, const std::string& key, const std::vector<std::string>& words,
                 const std::vector<std::string>& known) {
  for (const auto& word : words) {
    for (const auto& name : word_placeholders(word)) {
      if (!contains(known, name)) table.fail_at(key, "has an " + unknown("placeholder", name, known));
    }
  }
}

std::vector<std::string> known_placeholders() {
  std::vector<std::string> known = {"bin",    "address", "port",     "socket",  "dir",
                                    "python", "redis",   "postgres", "upstream"};
  for (const auto& v : command_variables()) known.push_back(v.name);
  return known;
}

// It is part of point names and file names.
void read_name(table_reader& top, manifest& m) {
  static const std::regex pattern("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  m.name = top.text("name");
  if (!std::regex_match(m.name, pattern)) top.fail_at("name", "may hold letters, digits, '_', '-' and '.' only");
}

// Ours are known ones, so that a misspelt one is found. A user's may be any word.
std::string read_model(table_reader& top, manifest_origin origin) {
  static const std::vector<std::string> models = {"threads", "pool",   "prefork", "loop",
                                                  "loops",   "fibers", "uring",   "other"};
  if (origin == manifest_origin::user) return top.text_if("model").value_or("other");
  const auto model = top.text("model");
  if (!contains(models, model)) top.fail_at("model", "names an " + unknown("model", model, models));
  return model;
}

void read_url(table_reader& top, manifest& m) {
  static const std::regex pattern(R"((http://[^/?#\s]+|unix:[^:#\s]+:?)/?)");
  std::smatch match;
  if (!std::regex_match(*m.url, match, pattern))
    top.fail_at("url", "must be http://HOST:PORT or unix:/SOCKET, without a path");
  m.url = match.str(1);
  if (top.texts_if("command")) top.fail_at("url", "is for a server that runs already: it has no 'command'");
  if (top.count_if("port")) top.fail_at("port", "is for a server with a 'command'; here it belongs into 'url'");
  for (const auto* key : {"env", "cwd", "build", "start_timeout"}) {
    if (top.has(key)) top.fail_at(key, "is for a server with a 'command'");
  }
  if (const auto pid = top.count_if("pid")) {
    if (*pid < 1 || *pid > std::numeric_limits<pid_t>::max()) top.fail_at("pid", "is no process number");
    m.pid = static_cast<pid_t>(*pid);
  }
}

void read_environment(table_reader& top, manifest& m) {
  auto table = top.table_if("env");
  if (!table) return;
  for (const auto& name : table->keys()) {
    const auto value = *table->any_text_if(name);
    if (name.empty() || name.find('=') != name.npos) table->fail_at(name, "is no name of an environment variable");
    check_words(*table, name, {value}, known_placeholders());
    m.env[name] = value;
  }
}

void read_build(table_reader& top, manifest& m) {
  m.build = top.lists_of_texts("build");
  for (const auto& command : m.build) check_words(top, "build", command, {"bin", "dir", "python"});
}

void read_folder(table_reader& top, manifest& m) {
  const auto given = top.text_if("cwd");
  if (!given) return;
  m.cwd = (m.file.parent_path() / *given).lexically_normal();
  if (!std::filesystem::is_directory(m.cwd)) top.fail_at("cwd", "is no folder: there is no " + m.cwd.string());
}

void read_start_timeout(table_reader& top, manifest& m) {
  const auto seconds = top.duration_if("start_timeout");
  if (!seconds) return;
  if (*seconds < 0.001 || *seconds > 3600) top.fail_at("start_timeout", "must be from 1 ms to 3600 s");
  m.start_timeout = std::chrono::milliseconds(std::llround(*seconds * 1e3));
}

void read_command(table_reader& top, manifest& m) {
  m.command = top.texts("command");
  check_words(top, "command", m.command, known_placeholders());
  read_environment(top, m);
  read_build(top, m);
  read_folder(top, m);
  read_start_timeout(top, m);
  if (top.count_if("pid")) top.fail_at("pid", "is for a server that runs already, with a 'url'");
  if (takes(m, "port") && takes(m, "socket")) top.fail_at("command", "has {port} and {socket}, of which one is asked");
  const auto port = top.count_if("port");
  if (!port) return;
  if (*port < 1 || *port > 65535) top.fail_at("port", "must be a whole number from 1 to 65535");
  for (const auto* place : {"port", "socket"})
    if (takes(m, place)) top.fail_at("port", "is for a command without {" + std::string(place) + "}");
  m.port = static_cast<int>(*port);
}

void read_versus(table_reader& top, manifest& m) {
  m.versus = top.text_if("versus");
  if (m.versus) m.place_of_versus = top.place_of("versus");
}

void read_warmup(table_reader& top, manifest& m) {
  m.warmup_s = top.duration_if("warmup_s");
  if (m.warmup_s && *m.warmup_s > 3600) top.fail_at("warmup_s", "must be at most 3600 s");
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
  m.model = read_model(top, origin);
  read_versus(top, m);
  m.url = top.text_if("url");
  m.url ? read_url(top, m) : read_command(top, m);
  m.one_process = top.flag_if("one_process").value_or(false);
  m.needs = top.texts_if("needs").value_or(std::vector<std::string>{});
  m.defaults = read_defaults(top.table_if("defaults"), m);
  read_warmup(top, m);
  read_requests(top, m);
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

load::target request_for(const manifest& m, const std::string& endpoint) {
  load::target t;
  t.headers = m.headers;
  if (const auto own = m.requests.find(endpoint); own != m.requests.end()) {
    t = own->second;
  } else if (takes_body(endpoint)) {
    t.method = "POST";
    t.body = "Hello, World!";
    if (endpoint == "echo") t.expect_body = t.body;
  }
  t.path = m.endpoints.at(endpoint);
  return t;
}

bool takes(const manifest& m, const std::string& name) {
  const auto has_it = [&](const std::string& word) { return contains(word_placeholders(word), name); };
  return std::ranges::any_of(m.command, has_it) ||
         std::ranges::any_of(m.env, [&](const auto& variable) { return has_it(variable.second); });
}

}  // namespace tvl::suite
