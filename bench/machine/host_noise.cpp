#include "bench/machine/host_noise.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/support/format.hpp"
#include "clients/load/analysis/verdict.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace tvl::suite {
namespace {

constexpr double most_stolen = 0.02;  // cores

std::string decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

host_fact cores(const machine_files& files) {
  const auto allowed = count_cpus(files.field("/proc/self/status", "Cpus_allowed_list", ':'));
  const auto online = count_cpus(files.line("/sys/devices/system/cpu/online"));
  host_fact fact{"cores", std::nullopt};
  if (!allowed) return fact;
  fact.value = std::to_string(*allowed) + " allowed, " + (online ? std::to_string(*online) : "n/a") + " online";
  if (*allowed < 2)
    fact.warning = "server and generator share the only core: every point says so (--shared-core is needed)";
  return fact;
}

host_fact quota(const machine_files& files) {
  const auto granted = cpu_quota(files);
  const auto allowed = count_cpus(files.field("/proc/self/status", "Cpus_allowed_list", ':'));
  host_fact fact{"CPU quota", std::nullopt};
  if (!files.cgroup("cpu").empty()) fact.value = granted ? decimal(*granted) + " cores" : "none";
  if (granted && allowed && *granted < static_cast<double>(*allowed))
    fact.warning = "the control group throttles its processes above " + decimal(*granted) +
                   " cores: raise cpu.max (cpu.cfs_quota_us)";
  return fact;
}

host_fact governor(const machine_files& files) {
  host_fact fact{"CPU governor", files.line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")};
  if (fact.value && *fact.value != "performance")
    fact.warning = "the clock follows the load: cpupower frequency-set -g performance";
  return fact;
}

host_fact threads_of_a_core(const machine_files& files) {
  const auto active = files.line("/sys/devices/system/cpu/smt/active");
  host_fact fact{"SMT", active ? std::optional<std::string>(*active == "1" ? "on" : "off") : std::nullopt};
  if (active == "1")
    fact.warning = "two cpus may be one core: choose --server-cpus and --generator-cpus that share none (lscpu -e)";
  return fact;
}

host_fact mitigations_of(const machine_files& files) {
  const std::string folder = "/sys/devices/system/cpu/vulnerabilities";
  int mitigated = 0, open = 0;
  const auto names = files.names(folder);
  for (const auto& name : names) {
    const auto state = files.line(folder + "/" + name).value_or("");
    mitigated += state.starts_with("Mitigation");
    open += state.starts_with("Vulnerable");
  }
  if (names.empty()) return {"CPU mitigations", std::nullopt};
  return {"CPU mitigations", std::to_string(mitigated) + " on, " + std::to_string(open) + " vulnerable of " +
                                 std::to_string(names.size()) + " (each makes system calls dearer)"};
}

host_fact virtualisation(const machine_files& files) {
  const auto flags = files.field("/proc/cpuinfo", "flags", ':');
  const auto vendor = files.line("/sys/class/dmi/id/sys_vendor");
  const auto product = files.line("/sys/class/dmi/id/product_name");
  host_fact fact{"virtual machine", std::nullopt};
  if (!flags && !vendor) return fact;
  const bool guest = flags && (" " + *flags + " ").find(" hypervisor ") != std::string::npos;
  fact.value = guest ? "yes" : "no";
  if (vendor) *fact.value += ", " + *vendor + (product ? " " + *product : "");
  if (guest) fact.warning = "neighbours may take the CPU at any time: trust ratios within a block, not single rates";
  return fact;
}

host_fact container(const machine_files& files) {
  if (const auto name = files.line("/run/systemd/container")) return {"container", name};
  if (files.exists("/.dockerenv")) return {"container", "docker"};
  if (files.exists("/run/.containerenv")) return {"container", "podman"};
  return {"container", "none seen"};
}

host_fact memory(const machine_files& files) {
  const auto meminfo = files.text("/proc/meminfo").value_or("");
  const auto total = parse_meminfo(meminfo, "MemTotal"), available = parse_meminfo(meminfo, "MemAvailable");
  if (!total || !available) return {"memory", std::nullopt};
  return {"memory",
          bytes_text(static_cast<double>(*total)) + ", available " + bytes_text(static_cast<double>(*available))};
}

host_fact huge_pages(const machine_files& files) {
  const auto line = files.line("/sys/kernel/mm/transparent_hugepage/enabled");  // "always [madvise] never"
  const auto begin = line ? line->find('[') : std::string::npos;
  host_fact fact{"transparent huge pages", std::nullopt};
  if (begin == std::string::npos) return fact;
  fact.value = line->substr(begin + 1, line->find(']', begin) - begin - 1);
  if (fact.value == "always")
    fact.warning = "2 MiB pages blur memory per connection: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled";
  return fact;
}

}  // namespace

std::vector<host_fact> read_host_facts(const machine_files& files) {
  return {cores(files),          quota(files),     governor(files), threads_of_a_core(files), mitigations_of(files),
          virtualisation(files), container(files), memory(files),   huge_pages(files)};
}

std::optional<host_load> load_between(const std::optional<cpu_ticks>& begin, const std::optional<cpu_ticks>& end,
                                      std::uint64_t cores) {
  if (!begin || !end || end->total <= begin->total) return std::nullopt;
  const auto total = static_cast<double>(end->total - begin->total);
  const auto share = [&](std::uint64_t from, std::uint64_t to) {
    return static_cast<double>(to - std::min(from, to)) / total * static_cast<double>(cores);
  };
  return host_load{share(begin->busy, end->busy), share(begin->steal, end->steal), cores};
}

host_fact load_fact(const std::optional<host_load>& now, const std::optional<std::string>& loadavg) {
  host_fact fact{"other load", std::nullopt};
  if (!now) return fact;
  fact.value = decimal(now->busy) + " cores busy, " + decimal(now->stolen) + " stolen now; load average " +
               (loadavg ? loadavg->substr(0, loadavg->find(' ')) : "n/a");
  if (now->busy > load::most_others(now->cores))
    fact.warning = "others use " + decimal(now->busy) +
                   " cores: points measured meanwhile are not valid (host-busy), unless --beside-other-work marks them";
  else if (now->stolen > most_stolen)
    fact.warning = "the hypervisor takes " + decimal(now->stolen) + " cores away";
  return fact;
}

std::optional<std::uint64_t> count_cpus(const std::optional<std::string>& list) {
  if (!list) return std::nullopt;
  try {
    return parse_cpus(*list).size();
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<double> cpu_quota(const machine_files& files) {
  std::optional<double> least;
  for (const auto& folder : files.cgroup("cpu")) {
    const auto v2 = files.numbers(folder + "/cpu.max");  // "150000 100000"; "max 100000" = no quota
    const auto quota = v2.size() == 2 ? std::optional(v2[0]) : files.amount(folder + "/cpu.cfs_quota_us");
    const auto period = v2.size() == 2 ? std::optional(v2[1]) : files.amount(folder + "/cpu.cfs_period_us");
    if (!quota || !period || *quota == unlimited || *period == 0) continue;
    const double cores = static_cast<double>(*quota) / static_cast<double>(*period);
    least = std::min(least.value_or(cores), cores);
  }
  return least;
}

}  // namespace tvl::suite
