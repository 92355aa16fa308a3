#include "bench/suite/catalogue/user_contestants.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/inline_manifest.hpp"
#include "bench/suite/contestants/manifest_table.hpp"
#include "bench/support/suggestion.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/protocol/url.hpp"

#include <algorithm>
#include <ostream>
#include <regex>
#include <utility>

namespace tvl::suite {
namespace {

toml::table endpoints_at(const std::string& path, const std::vector<std::string>& given) {
  toml::table endpoints;
  if (given.empty()) {
    endpoints.insert("plaintext", path.empty() ? "/" : path);
    return endpoints;
  }
  if (path.size() > 1) throw bad_input("--url with --endpoint is http://HOST:PORT, without a path");
  for (const auto& text : given) {
    const auto equals = text.find('=');
    if (equals == text.npos) throw bad_input("--endpoint is NAME=/PATH, not '" + text + "'");
    endpoints.insert(text.substr(0, equals), text.substr(equals + 1));
  }
  return endpoints;
}

manifest manifest_of(const contestant_flags& flags) {
  static const std::regex pattern(R"((http://[^/?#\s]+|unix:[^:#\s]+:?)(/[^#\s]*)?)");
  std::smatch match;
  if (!std::regex_match(flags.url, match, pattern)) {
    throw bad_input("--url is http://HOST:PORT[/PATH] or unix:/SOCKET[:/PATH], not '" + flags.url + "'");
  }
  toml::table table;
  table.insert("name", flags.pid != 0 ? "attached" : "remote");
  table.insert("title", match.str(1));
  table.insert("url", match.str(1));
  table.insert("endpoints", endpoints_at(match.str(2), flags.endpoints));
  return read_manifest_table(table, std::filesystem::current_path() / "--url", manifest_origin::user);
}

class user_contestants {
 public:
  explicit user_contestants(catalogue& known) : known_(known) {}

  void add(manifest m) {
    if (known_.manifests.contains(m.name) || known_.broken.contains(m.name)) {
      throw bad_input("there is another contestant '" + m.name + "': give yours another name");
    }
    names_.push_back(m.name);
    known_.manifests.emplace(m.name, std::move(m));
  }

  void add_file(const std::filesystem::path& file) {
    if (!std::filesystem::is_regular_file(file)) throw bad_input("there is no file " + file.string());
    const auto same = [&](const auto& entry) { return is_same(entry.second.file, file); };
    if (const auto ours = std::ranges::find_if(known_.manifests, same); ours != known_.manifests.end()) {
      names_.push_back(ours->first);
      return;
    }
    try {
      add(read_user_manifest(file));
    } catch (const bad_file& error) {
      names_.push_back(file.stem().string());
      known_.broken.emplace(names_.back(), error.what());
    }
  }

  // Assigns --pid to the only contestant given by URL.
  void attach(pid_t pid) {
    std::vector<manifest*> running;
    for (const auto& name : names_) {
      const auto found = known_.manifests.find(name);
      if (found != known_.manifests.end() && found->second.url) running.push_back(&found->second);
    }
    if (running.size() != 1) throw bad_input("--pid needs --url, or one --contestant with a url");
    running.front()->pid = pid;
  }

  std::vector<std::string> names() { return std::move(names_); }

 private:
  // False for inline manifests, which have no file.
  static bool is_same(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code absent;
    return std::filesystem::equivalent(a, b, absent);
  }

  catalogue& known_;
  std::vector<std::string> names_;
};

}  // namespace

named_contestants add_user_contestants(catalogue& known, const contestant_flags& flags) {
  user_contestants supplied(known);
  named_contestants result;
  for (const auto& word : flags.names) {
    if (is_inline_manifest(word)) {
      supplied.add(read_inline_manifest(word));
    } else if (word.ends_with(".toml")) {
      supplied.add_file(word);
    } else {
      result.known.push_back(word);
    }
  }
  if (flags.url.empty() && !flags.endpoints.empty()) throw bad_input("--endpoint needs --url");
  if (!flags.url.empty()) supplied.add(manifest_of(flags));
  if (flags.pid != 0) supplied.attach(flags.pid);
  result.user = supplied.names();
  return result;
}

void check_host(const manifest& m, bool allowed, std::ostream& warnings) {
  if (!m.url) return;
  load::url where;
  try {
    where = load::parse_url(*m.url, true);
  } catch (const load::bad_plan& error) {
    throw bad_input(m.name + ": " + error.what());
  }
  if (where.endpoint().is_local()) return;
  const auto place = where.host == where.address ? where.host : where.host + " (" + where.address + ")";
  if (!allowed) throw bad_input(m.name + " is on another machine, " + place + ": --allow-remote-host if you mean it");
  warnings << "warning: load for " << m.name << " goes to another machine, " << place << "\n";
}

}  // namespace tvl::suite
