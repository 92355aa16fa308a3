#include "clients/load/cluster/load_hosts.hpp"

#include "bench/version/version.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/cluster/network.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace tvl::load {
namespace {

constexpr int most_per_host = 1000;
constexpr std::string_view of_a_host = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

// An option of the launcher begins with '-'.
bool is_host(const std::string& name) {
  return !name.empty() && name.front() != '-' && name.find_first_not_of(of_a_host) == name.npos;
}

int processes_on(const std::string& element, const std::string& number) {
  int n = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), n);
  if (error != std::errc() || end != number.data() + number.size() || n < 1 || n > most_per_host)
    throw bad_plan("--hosts: '" + element + "' is not HOST:PROCESSES with 1 to 1000 processes");
  return n;
}

struct close_pipe {
  void operator()(FILE* pipe) const { ::pclose(pipe); }
};
using pipe = std::unique_ptr<FILE, close_pipe>;

// The last line that is not empty; what is said before it may be a banner.
std::string last_line(FILE* from) {
  std::string last;
  std::array<char, 512> line;
  while (std::fgets(line.data(), line.size(), from)) {
    std::string text = line.data();
    while (text.ends_with('\n')) text.pop_back();
    if (!text.empty()) last = text;
  }
  return last;
}

}  // namespace

std::vector<std::string> parse_hosts(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream list(text + ",");
  for (std::string each; std::getline(list, each, ',');) {
    const auto colon = std::min(each.find(':'), each.size());
    const std::string name = each.substr(0, colon);
    if (!is_host(name)) throw bad_plan("--hosts: " + in_quotes(name) + " is not the name of a host");
    if (std::ranges::find(all, name) != all.end())
      throw bad_plan("--hosts names " + name + " twice: use " + name + ":2");
    const int n = colon < each.size() ? processes_on(each, each.substr(colon + 1)) : 1;
    all.insert(all.end(), static_cast<std::size_t>(n), name);
  }
  return all;
}

std::vector<std::string> load_hosts::of_all_processes() const {
  std::vector<std::string> all = names;
  if (!probe.empty()) all.push_back(probe);
  return all;
}

void check_probe(const load_hosts& hosts) {
  if (!is_host(hosts.probe)) throw bad_plan("--probe: " + in_quotes(hosts.probe) + " is not the name of a host");
  if (std::ranges::find(hosts.names, hosts.probe) != hosts.names.end())
    throw bad_plan("--probe: " + hosts.probe + " is one of --hosts, whose load would delay the probe's requests");
}

void check_hosts(const load_hosts& hosts, const std::string& rank_program) {
  own_address(hosts.network);
  std::vector<std::pair<std::string, pipe>> asked;
  const auto all = hosts.of_all_processes();
  for (const auto& host : std::set<std::string>(all.begin(), all.end())) {
    const std::string command = "timeout 15 " + hosts.launcher + " " + host + " " + rank_program + " --check " +
                                hosts.network + " 2>&1 </dev/null";
    asked.emplace_back(host, ::popen(command.c_str(), "re"));
  }
  for (auto& [host, answer] : asked) {
    const std::string said = answer ? last_line(answer.get()) : "cannot start " + hosts.launcher;
    const int status = answer ? ::pclose(answer.release()) : 1;
    if (status != 0)
      throw bad_plan("load host " + host + ": " + hosts.launcher + " cannot start " + rank_program +
                     " there: " + (said.empty() ? "no answer within 15 s" : in_quotes(said)));
    if (said != version_line("tvl-load-rank"))
      throw bad_plan("load host " + host + " has " + in_quotes(said) + ", this is " + version_line("tvl-load-rank") +
                     ": install the same version there");
  }
}

}  // namespace tvl::load
