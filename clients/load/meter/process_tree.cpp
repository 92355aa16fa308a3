#include "clients/load/meter/process_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <utility>

namespace tvl::load {

namespace {

// The numeric entries of a /proc folder: processes or threads.
std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> numbers;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry(folder, gone), end; !gone && entry != end; entry.increment(gone)) {
    const auto name = entry->path().filename().string();
    pid_t number = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && rest == name.data() + name.size()) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

std::optional<std::string> read_proc(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text;
  char part[4096];
  ssize_t got = 0;
  while ((got = read(fd, part, sizeof part)) > 0) text.append(part, static_cast<std::size_t>(got));
  close(fd);
  if (got < 0) return std::nullopt;
  return text;
}

std::optional<std::uint64_t> proc_field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!line.starts_with(':')) continue;
    line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
    std::uint64_t value = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), value).ec == std::errc{}) return value;
  }
  return std::nullopt;
}

std::optional<process> read_process(pid_t pid) {
  // The main thread's file has the same process-wide fields and takes 10 us. For /proc/PID/stat the kernel sums over
  // all threads: 2 ms for 16,000.
  const auto number = std::to_string(pid);
  const auto stat = read_proc("/proc/" + number + "/task/" + number + "/stat");
  if (!stat) return std::nullopt;
  const auto name_end = stat->rfind(')');  // the program's name may contain blanks and parentheses
  if (name_end == stat->npos) return std::nullopt;

  process p;
  p.pid = pid;
  std::int64_t user = 0, system = 0;
  // Fields 3 (state) to 24 (rss) of proc(5): 4 parent, 11 cminflt, 16 cutime, 17 cstime, 20 num_threads, 22 starttime.
  const int found =
      std::sscanf(stat->c_str() + name_end + 1,
                  " %c %d %*d %*d %*d %*d %*u %*u %" SCNu64 " %*u %*u %*u %*u %" SCNd64 " %" SCNd64 " %*d %*d %" SCNu64
                  " %*d %" SCNu64 " %*u %" SCNu64,
                  &p.state, &p.parent, &p.waited_faults, &user, &system, &p.threads, &p.started_ticks, &p.rss_bytes);
  if (found != 8) return std::nullopt;
  p.rss_bytes *= static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  p.waited_cpu_ns = (user + system) * tick_ns;
  return p;
}

std::vector<process> all_processes() {
  std::vector<process> all;
  for (const pid_t pid : numbers_in("/proc"))
    if (const auto p = read_process(pid)) all.push_back(*p);
  return all;
}

std::vector<process> process_tree(pid_t root) { return process_trees({root}); }

std::vector<process> process_trees(const std::vector<pid_t>& roots) {
  const auto all = all_processes();
  std::vector<process> tree;
  for (const pid_t root : roots) {
    const auto found = std::find_if(all.begin(), all.end(), [root](const process& p) { return p.pid == root; });
    if (found != all.end()) tree.push_back(*found);
    if (tree.empty()) return tree;
  }
  return with_descendants(std::move(tree), all);
}

std::vector<process> with_descendants(std::vector<process> roots, const std::vector<process>& all) {
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const pid_t parent = roots[i].pid;
    std::copy_if(all.begin(), all.end(), std::back_inserter(roots),
                 [parent](const process& p) { return p.parent == parent; });
  }
  return roots;
}

std::optional<std::uint64_t> count_descriptors(pid_t pid) {
  constexpr std::size_t worth_listing = 5000;
  const auto folder = "/proc/" + std::to_string(pid) + "/fd";
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return std::nullopt;
  if (info.st_size > 0) return static_cast<std::uint64_t>(info.st_size);
  std::error_code refused;
  std::uint64_t listed = 0;
  std::filesystem::directory_iterator entry(folder, refused), end;
  for (; !refused && entry != end; entry.increment(refused))
    if (++listed > worth_listing) return std::nullopt;
  return refused ? std::nullopt : std::optional(listed);
}

std::optional<page_faults> read_faults(pid_t pid) {
  const auto stat = read_proc("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat ? stat->rfind(')') : std::string::npos;
  if (name_end == std::string::npos) return std::nullopt;
  std::uint64_t minor = 0, waited_minor = 0, major = 0, waited_major = 0;
  // Fields 10 to 13 of proc(5).
  const int found = std::sscanf(stat->c_str() + name_end + 1,
                                " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &minor,
                                &waited_minor, &major, &waited_major);
  if (found != 4) return std::nullopt;
  return page_faults{minor + waited_minor, major + waited_major};
}

namespace {

scheduling_counts counts_of(const std::string& thread, std::int64_t& cpu_ns, bool with_migrations) {
  scheduling_counts counts;
  const auto status = read_proc(thread + "/status"), schedstat = read_proc(thread + "/schedstat");
  if (!status || !schedstat) return counts;
  counts.voluntary = proc_field(*status, "voluntary_ctxt_switches");
  counts.involuntary = proc_field(*status, "nonvoluntary_ctxt_switches");
  std::uint64_t waited = 0, slices = 0;
  if (std::sscanf(schedstat->c_str(), "%" SCNd64 " %" SCNu64 " %" SCNu64, &cpu_ns, &waited, &slices) == 3) {
    counts.waited_ns = waited;
    counts.slices = slices;
  }
  const auto sched = with_migrations ? read_proc(thread + "/sched") : std::nullopt;
  if (sched) counts.migrations = proc_field(*sched, "se.nr_migrations");
  return counts;
}

}  // namespace

std::optional<living_threads> read_threads(pid_t pid) {
  constexpr std::size_t few = 64;
  const auto folder = "/proc/" + std::to_string(pid) + "/task";
  living_threads sum;
  sum.ids = numbers_in(folder);
  std::sort(sum.ids.begin(), sum.ids.end());
  for (const pid_t id : sum.ids) {
    std::int64_t cpu_ns = 0;
    const auto counts = counts_of(folder + "/" + std::to_string(id), cpu_ns, sum.ids.size() <= few);
    if (!counts.voluntary || !counts.slices) return std::nullopt;
    sum.cpu_ns += cpu_ns;
    add(sum.counts, counts);
  }
  return sum;
}

}  // namespace tvl::load
