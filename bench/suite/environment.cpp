#include "bench/suite/environment.hpp"

#include "bench/suite/build_facts.hpp"
#include "bench/suite/programs.hpp"
#include "bench/suite/record.hpp"

#include <benchmark/benchmark.h>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/version.hpp>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace tvl::suite {
namespace {

using nlohmann::json;
namespace bp = boost::process;

// First line, or null.
json line_of(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  return std::getline(in, line) ? json(line) : json();
}

// The value of "key<separator>value" in a file, or null.
json field_of(const std::string& file, const std::string& key, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto begin = line.find_first_not_of(" \t\"", line.find(separator) + 1);
    if (begin == std::string::npos) return nullptr;
    return line.substr(begin, line.find_last_not_of(" \t\"") - begin + 1);
  }
  return nullptr;
}

json number_of(const std::string& file) {
  std::ifstream in(file);
  std::int64_t number = 0;
  return in >> number ? json(number) : json();
}

json numbers_of(const std::string& file) {
  std::ifstream in(file);
  json numbers = json::array();
  for (std::int64_t number = 0; in >> number;) numbers.push_back(number);
  return numbers.empty() ? json() : numbers;
}

json limit_of(rlim_t value) { return value == RLIM_INFINITY ? json() : json(value); }

json limits() {
  rlimit files{}, processes{};
  getrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NPROC, &processes);
  const std::string net = "/proc/sys/net/";
  return {{"open_files_soft", limit_of(files.rlim_cur)},
          {"open_files_hard", limit_of(files.rlim_max)},
          {"processes", limit_of(processes.rlim_cur)},
          {"threads_max", number_of("/proc/sys/kernel/threads-max")},
          {"pid_max", number_of("/proc/sys/kernel/pid_max")},
          {"max_map_count", number_of("/proc/sys/vm/max_map_count")},
          {"somaxconn", number_of(net + "core/somaxconn")},
          {"ip_local_port_range", numbers_of(net + "ipv4/ip_local_port_range")},
          {"tcp_mem", numbers_of(net + "ipv4/tcp_mem")},
          {"tcp_rmem", numbers_of(net + "ipv4/tcp_rmem")},
          {"tcp_wmem", numbers_of(net + "ipv4/tcp_wmem")},
          {"tcp_tw_reuse", number_of(net + "ipv4/tcp_tw_reuse")},
          {"tcp_max_syn_backlog", number_of(net + "ipv4/tcp_max_syn_backlog")}};
}

json mitigations() {
  json found = json::object();
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/devices/system/cpu/vulnerabilities", absent)) {
    found[entry.path().filename().string()] = line_of(entry.path().string());
  }
  return found.empty() ? json() : found;
}

// What git says of the source folder; empty when there is no git or no repository.
std::optional<std::string> git(std::vector<std::string> arguments) {
  const auto program = find_program("git");
  if (program.empty()) return std::nullopt;
  arguments.insert(arguments.begin(), {"-C", build::source_dir});
  bp::ipstream out;
  bp::child child(bp::exe = program.string(), bp::args = arguments, bp::std_in<bp::null, bp::std_out> out,
                  bp::std_err > bp::null);
  std::ostringstream text;
  text << out.rdbuf();
  child.wait();
  if (child.exit_code() != 0) return std::nullopt;
  return text.str();
}

// The library has no call for this, but says it in the head of its JSON.
json benchmark_build_type() {
  std::ostringstream out;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&out);
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.Finalize();
  const auto head = json::parse(out.str(), nullptr, false);
  return head.is_object() ? head["context"].value("library_build_type", json()) : json();
}

json benchmark_facts() {
  return {{"version", build::benchmark_version},
          {"library_build_type", benchmark_build_type()},
          {"note",
           "Google Benchmark only names, selects and reports the points here. Times come from the load "
           "generator's own "
           "clock, so a library built as debug changes no figure."}};
}

json load_average() {
  double averages[3];
  return getloadavg(averages, 3) == 3 ? json(averages) : json();
}

// Without the folder of the sources, which says nothing to a reader elsewhere.
std::string portable(std::string command) {
  const std::string folder = std::string(build::source_dir) + "/";
  for (auto at = command.find(folder); at != std::string::npos; at = command.find(folder))
    command.erase(at, folder.size());
  return command;
}

}  // namespace

std::string host_name() {
  utsname names{};
  uname(&names);
  return names.nodename;
}

json environment(const std::string& command, bool quick) {
  utsname names{};
  uname(&names);
  const auto commit = git({"rev-parse", "--verify", "HEAD"});
  const auto changes = git({"status", "--porcelain"});
  return {{"schema", 1},
          {"created", utc_now()},
          {"host", host_name()},
          {"cpu_model", field_of("/proc/cpuinfo", "model name", ':')},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_bytes",
           static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))},
          {"kernel", std::string(names.sysname) + " " + names.release},
          {"os", field_of("/etc/os-release", "PRETTY_NAME", '=')},
          {"governor", line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
          {"mitigations", mitigations()},
          {"limits", limits()},
          {"compiler", build::compiler},
          {"compiler_flags", build::compiler_flags},
          {"build_type", build::build_type},
          {"boost", BOOST_LIB_VERSION},
          {"benchmark", benchmark_facts()},
          {"commit", commit ? json(commit->substr(0, commit->find('\n'))) : json()},
          {"dirty", changes ? json(!changes->empty()) : json()},
          {"command", portable(command)},
          {"quick", quick},
          {"load_average_at_start", load_average()}};
}

}  // namespace tvl::suite
