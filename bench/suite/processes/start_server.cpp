#include "bench/suite/processes/start_server.hpp"

#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/processes/attached_server.hpp"
#include "bench/suite/processes/build_once.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "clients/load/base/this_program.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tvl::suite {

std::filesystem::path program_folder() { return load::this_program().parent_path(); }

namespace {

using values_of_placeholders = std::map<std::string, std::string>;

std::string filled(const std::string& word, const manifest& m, const values_of_placeholders& values) {
  return fill_word(word, [&](const std::string& name) -> std::optional<std::string> {
    if (name == "address" || name == "port" || name == "socket") return std::nullopt;
    if (name == "python") return find_python(m.needs).string();
    const auto value = values.find(name);
    if (value == values.end()) throw server_failed(m.name + " needs {" + name + "}, which this run does not have");
    return value->second;
  });
}

std::vector<std::string> all_filled(const std::vector<std::string>& words, const manifest& m,
                                    const values_of_placeholders& values) {
  std::vector<std::string> result;
  for (const auto& word : words) result.push_back(filled(word, m, values));
  return result;
}

}  // namespace

void fill_build(launch& how, const manifest& m, const std::map<std::string, std::string>& values) {
  how.name = m.name;
  how.cwd = m.cwd;
  for (const auto& [name, value] : m.env) how.env[name] = filled(value, m, values);
  for (const auto& command : m.build) how.build.push_back(all_filled(command, m, values));
}

void fill_launch(launch& how, const manifest& m, const std::map<std::string, std::string>& values) {
  fill_build(how, m, values);
  how.port = m.port;
  if (m.start_timeout) how.ready_limit = *m.start_timeout;
  how.command = all_filled(m.command, m, values);
}

std::string program_of(const manifest& m) {
  static const std::string folder = "{bin}/";
  const auto word =
      std::ranges::find_if(m.command, [](const std::string& candidate) { return candidate.starts_with(folder); });
  return word == m.command.end() ? "" : word->substr(folder.size());
}

std::filesystem::path unbuilt_program(const manifest& m, const std::filesystem::path& bin) {
  const auto name = program_of(m);
  if (name.empty() || std::filesystem::exists(bin / name)) return {};
  return bin / name;
}

std::unique_ptr<running_server> start_server(const manifest& m, launch how) {
  if (m.kind() != contestant_kind::launch) return std::make_unique<attached_server>(m.name, *m.url, m.pid, how.probe);
  build_once(how);
  return std::make_unique<launched_server>(std::move(how));
}

}  // namespace tvl::suite
