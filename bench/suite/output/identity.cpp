#include "bench/suite/output/identity.hpp"

#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/output/file_hash.hpp"
#include "bench/suite/output/recorded_text.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/package_version.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace tvl::suite {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

json file_json(const fs::path& shown, const fs::path& read) {
  std::error_code error;
  const auto bytes = fs::file_size(read, error);
  const auto hash = sha256_of(read);
  return {{"path", portable(shown.string())},
          {"sha256", hash ? json(*hash) : json()},
          {"bytes", error ? json() : json(bytes)}};
}

json manifest_json(const manifest& m) { return is_file(m.file) ? file_json(m.file, m.file) : json(); }

// Its words with what is the same for all points filled in.
std::vector<std::string> command_of(const manifest& m, const fs::path& bin) {
  std::vector<std::string> words;
  for (const auto& word : m.command) {
    const auto filled = fill_word(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name == "bin") return bin.string();
      if (name == "dir") return m.file.parent_path().string();
      if (name == "python") return find_python(m.needs).string();
      return std::nullopt;
    });
    words.push_back(finish_word(filled, [](const std::string& name) { return "{" + name + "}"; }));
  }
  return words;
}

// What relative names in the command are relative to.
fs::path working_folder(const manifest& m) { return m.cwd.empty() ? fs::current_path() : m.cwd; }

// The file that is started or runs. Empty = unknown.
fs::path program_of_process(const manifest& m, const std::vector<std::string>& command) {
  std::error_code error;
  if (m.pid) return fs::read_symlink("/proc/" + std::to_string(*m.pid) + "/exe", error);
  if (command.empty()) return {};
  const auto named = fs::path(command.front());
  const auto path = named.has_parent_path() ? working_folder(m) / named : find_program(named.string());
  return path.empty() ? path : fs::canonical(path, error);
}

// "a b" and "--file=a": the words inside, too, as those of a shell's command and of an option.
std::vector<std::string> pieces(const std::string& word) {
  std::vector<std::string> found = {word};
  for (std::size_t begin = 0; begin != word.npos;) {
    begin = word.find_first_not_of(" \t\n;&|()'\"=", begin);
    const auto end = std::min(word.find_first_of(" \t\n;&|()'\"=", begin), word.size());
    if (begin == word.npos) break;
    found.push_back(word.substr(begin, end - begin));
    begin = end;
  }
  return found;
}

std::vector<fs::path> files_in(const std::vector<std::string>& command, const fs::path& folder,
                               const fs::path& program) {
  std::vector<fs::path> files;
  std::set<fs::path> seen = {program};
  for (const auto& word : command) {
    for (const auto& piece : pieces(word)) {
      if (!is_file(folder / piece) || files.size() == most_files) continue;
      std::error_code error;
      const auto file = fs::canonical(folder / piece, error);
      if (!error && seen.insert(file).second) files.push_back(file);
    }
  }
  return files;
}

json words_json(const std::vector<std::string>& command) {
  if (command.empty()) return nullptr;
  json words = json::array();
  for (const auto& word : command) words.push_back(portable(without_secrets(word)));
  return words;
}

struct measured {
  fs::path program;
  json identity;
};

measured identity_of(const manifest& m, const fs::path& bin) {
  const auto command = command_of(m, bin);
  const auto program = program_of_process(m, command);
  json program_json, files = json::array();
  // The file of a process may have been replaced since it was started: the process still has the old one.
  const auto read = m.pid ? fs::path("/proc/" + std::to_string(*m.pid) + "/exe") : program;
  if (!program.empty()) program_json = file_json(program, read);
  for (const auto& file : files_in(command, working_folder(m), program)) files.push_back(file_json(file, file));
  return {program,
          {{"manifest", manifest_json(m)},
           {"command", words_json(command)},
           {"url", m.url ? json(without_secrets(*m.url)) : json()},
           {"program", program_json},
           {"files", files}}};
}

json files_of(const json& identity) {
  return identity.is_object() ? identity.value("files", json::array()) : json::array();
}

bool differ(const json& then, const json& now, const char* key) {
  return then.contains(key) && now.contains(key) && !then.at(key).is_null() && !now.at(key).is_null() &&
         then.at(key) != now.at(key);
}

bool is_another(const json& then, const json& now) { return differ(then, now, "sha256") || differ(then, now, "bytes"); }

}  // namespace

json identities_of(const std::map<std::string, const manifest*>& manifests, const fs::path& bin) {
  std::map<std::string, measured> found;
  std::vector<fs::path> programs;
  for (const auto& [name, m] : manifests) {
    const auto& one = found.emplace(name, identity_of(*m, bin)).first->second;
    if (!one.program.empty()) programs.push_back(one.program);
  }
  const auto versions = package_versions(programs);
  json all = json::object();
  for (auto& [name, one] : found) {
    if (one.identity.at("program").is_object()) {
      const auto version = versions.find(one.program);
      one.identity["program"]["version"] = version == versions.end() ? json() : json(version->second);
    }
    all[name] = std::move(one.identity);
  }
  return all;
}

std::vector<std::string> changes(const json& then, const json& now) {
  std::vector<std::string> found;
  if (differ(then, now, "manifest") && is_another(then.at("manifest"), now.at("manifest")))
    found.push_back("its manifest");
  for (const auto* key : {"command", "url"}) {
    if (differ(then, now, key)) found.push_back(std::string("its ") + key);
  }
  if (differ(then, now, "program") && is_another(then.at("program"), now.at("program")))
    found.push_back("its program " + now.at("program").value("path", ""));
  std::map<std::string, json> before;
  for (const auto& file : files_of(then)) before[file.value("path", "")] = file;
  for (const auto& file : files_of(now)) {
    const auto same = before.find(file.value("path", ""));
    if (same != before.end() && is_another(same->second, file)) found.push_back("its file " + same->first);
  }
  return found;
}

}  // namespace tvl::suite
