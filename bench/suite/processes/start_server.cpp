#include "bench/suite/processes/start_server.hpp"

#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/processes/attached_server.hpp"
#include "bench/suite/processes/build_once.hpp"
#include "bench/suite/processes/installed_programs.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace tvl::suite {

std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

void fill_launch(launch& how, const manifest& m, const std::map<std::string, std::string>& values) {
  const auto filled = [&](const std::string& word) {
    return fill_word(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name == "port") return std::nullopt;
      if (name == "python") return find_python(m.needs).string();
      const auto value = values.find(name);
      if (value == values.end()) {
        throw server_failed(m.name + " needs {" + name + "}, which this run does not have");
      }
      return value->second;
    });
  };
  how.name = m.name;
  how.cwd = m.cwd;
  how.port = m.port;
  if (m.start_timeout) how.ready_limit = *m.start_timeout;
  std::ranges::transform(m.command, std::back_inserter(how.command), filled);
  for (const auto& [name, value] : m.env) how.env[name] = filled(value);
  for (const auto& command : m.build) {
    auto& words = how.build.emplace_back();
    std::ranges::transform(command, std::back_inserter(words), filled);
  }
}

std::string program_of(const manifest& m) {
  static const std::string folder = "{bin}/";
  if (m.command.empty() || !m.command.front().starts_with(folder)) return "";
  return m.command.front().substr(folder.size());
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
