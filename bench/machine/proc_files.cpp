#include "bench/machine/proc_files.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>
#include <string_view>

namespace tvl::suite {
namespace {

std::string trimmed(const std::string& text) {
  constexpr const char* blanks = " \t\r\n\"";
  const auto begin = text.find_first_not_of(blanks);
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

bool has_word(const std::string& list, const std::string& word) {
  const auto words = split(list, ',');
  return std::ranges::find(words, word) != words.end();
}

struct mount {
  std::string root, point;
};

// "36 31 0:30 /docker/ab /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids"
std::optional<mount> find_mount(const std::string& mounts, const std::string& type, const std::string& option) {
  for (const auto& line : split(mounts, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == line.npos) continue;
    const auto before = split(line.substr(0, dash), ' '), after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3 || after[0] != type) continue;
    if (option.empty() || has_word(after[2], option)) return mount{before[3], before[4]};
  }
  return std::nullopt;
}

// A container without a cgroup namespace sees the host's path, but has mounted only the part below the mount's root.
std::string below(const std::string& root, const std::string& path) {
  if (path.find("/..") != path.npos) return "";
  if (root == "/") return path == "/" ? "" : path;
  return path.starts_with(root + "/") ? path.substr(root.size()) : "";
}

std::vector<std::string> folders_of(const mount& m, const std::string& path) {
  std::vector<std::string> folders;
  for (auto inner = below(m.root, path); !inner.empty(); inner.resize(inner.rfind('/')))
    folders.push_back(m.point + inner);
  folders.push_back(m.point);
  return folders;
}

}  // namespace

std::optional<std::uint64_t> parse_amount(const std::string& text) {
  const auto word = trimmed(text);
  if (word == "max" || word == "unlimited" || word == "-1") return unlimited;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::vector<std::uint64_t> parse_numbers(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    const auto number = parse_amount(word);
    if (!number || *number == unlimited) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::string> parse_field(const std::string& text, const std::string& key, char separator) {
  for (const auto& line : split(text, '\n')) {
    const auto at = line.find(separator);
    if (at == line.npos || trimmed(line.substr(0, at)) != key) continue;
    const auto value = trimmed(line.substr(at + 1));
    return value.empty() ? std::nullopt : std::optional(value);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_meminfo(const std::string& text, const std::string& key) {
  const auto value = parse_field(text, key, ':');
  if (!value || !value->ends_with(" kB")) return std::nullopt;
  const auto kib = parse_amount(value->substr(0, value->size() - 3));
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

resource_limit parse_resource_limit(const std::string& text, const std::string& row) {
  for (const auto& line : split(text, '\n')) {
    if (!line.starts_with(row)) continue;
    std::istringstream in(line.substr(row.size()));
    std::string soft, hard;
    if (in >> soft >> hard) return {parse_amount(soft), parse_amount(hard)};
  }
  return {};
}

std::uint64_t ports_reserved(const std::string& list, std::uint64_t first, std::uint64_t last) {
  std::uint64_t count = 0;
  for (const auto& item : split(trimmed(list), ',')) {
    const auto dash = item.find('-');
    const auto low = parse_amount(item.substr(0, dash));
    const auto high = dash == item.npos ? low : parse_amount(item.substr(dash + 1));
    if (!low || !high) continue;
    const auto from = std::max(*low, first), to = std::min(*high, last);
    if (from <= to) count += to - from + 1;
  }
  return count;
}

std::optional<std::uint64_t> parse_thread_count(const std::string& text) {
  const auto words = split(text, ' ');  // "0.01 0.05 0.10 1/234 5678": running/all
  if (words.size() < 4) return std::nullopt;
  const auto slash = words[3].find('/');
  return slash == words[3].npos ? std::nullopt : parse_amount(words[3].substr(slash + 1));
}

std::optional<cpu_ticks> parse_cpu_ticks(const std::string& text, const std::vector<int>& cores) {
  std::vector<std::string> lines = {"cpu"};  // the sum of all
  if (!cores.empty()) lines.clear();
  for (const int core : cores) lines.push_back("cpu" + std::to_string(core));
  cpu_ticks sum;
  for (const auto& name : lines) {
    auto ticks = parse_numbers(parse_field(text, name, ' ').value_or(""));  // user nice system idle iowait irq
    if (ticks.size() < 8) return std::nullopt;                              // softirq steal [guest ...]
    ticks.resize(8);                                                        // guest time is included in user
    const auto total = std::accumulate(ticks.begin(), ticks.end(), std::uint64_t{0});
    sum.busy += total - ticks[3] - ticks[4] - ticks[7];
    sum.steal += ticks[7];
    sum.total += total;
  }
  return sum;
}

std::vector<std::string> cgroup_folders(const std::string& cgroups, const std::string& mounts,
                                        const std::string& controller) {
  std::string unified;
  for (const auto& line : split(cgroups, '\n')) {  // "8:pids:/a/b", or "0::/a/b" for v2
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
    if (controllers.empty()) unified = path;
    if (!has_word(controllers, controller)) continue;
    if (const auto m = find_mount(mounts, "cgroup", controller)) return folders_of(*m, path);
  }
  const auto m = unified.empty() ? std::nullopt : find_mount(mounts, "cgroup2", "");
  return m ? folders_of(*m, unified) : std::vector<std::string>();
}

std::optional<std::string> machine_files::text(const std::string& path) const {
  std::ifstream in(at(path));
  if (!in) return std::nullopt;
  std::string all{std::istreambuf_iterator<char>(in), {}};
  return in.bad() ? std::nullopt : std::optional(std::move(all));
}

std::optional<std::string> machine_files::line(const std::string& path) const {
  const auto all = text(path);
  return all && !all->empty() ? std::optional(all->substr(0, all->find('\n'))) : std::nullopt;
}

std::optional<std::uint64_t> machine_files::amount(const std::string& path) const {
  const auto all = text(path);
  return all ? parse_amount(*all) : std::nullopt;
}

std::vector<std::uint64_t> machine_files::numbers(const std::string& path) const {
  return parse_numbers(text(path).value_or(""));
}

std::optional<std::string> machine_files::field(const std::string& path, const std::string& key, char separator) const {
  return parse_field(text(path).value_or(""), key, separator);
}

std::vector<std::string> machine_files::cgroup(const std::string& controller) const {
  return cgroup_folders(text("/proc/self/cgroup").value_or(""), text("/proc/self/mountinfo").value_or(""), controller);
}

bool machine_files::exists(const std::string& path) const {
  std::error_code absent;
  return std::filesystem::exists(at(path), absent);
}

std::vector<std::string> machine_files::names(const std::string& folder) const {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(at(folder), absent))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace tvl::suite
