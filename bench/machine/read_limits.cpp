// Reads every limit from the machine's files; the questions about them are in resource_limits.cpp.

#include "bench/machine/resource_limits.hpp"
#include "bench/support/format.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <algorithm>
#include <utility>

namespace tvl::suite {
namespace {

using amount = std::optional<std::uint64_t>;

constexpr std::uint64_t spare_threads = 64;       // for the suite, a server's own threads and a shell
constexpr std::uint64_t spare_mappings = 256;     // program, libraries, heap and malloc's arenas; measured: 40
constexpr std::uint64_t mappings_per_thread = 2;  // stack and guard; measured: 2000 in /proc/PID/maps for 1000 threads
constexpr std::uint64_t ids_kept = 300;           // RESERVED_PIDS: not reused after the ids have wrapped
constexpr std::uint64_t most_pids = 4'194'304;    // PID_MAX_LIMIT of a 64-bit kernel
constexpr std::uint64_t stack_bytes = 64u << 10;  // --stack of the servers
constexpr std::uint64_t kernel_per_connection = 8u << 10;  // Linux 6.18 slabinfo: 3.9 KB for each of the two sockets
// Linux 6.18: 23 KiB in the kernel, 8 KiB of touched stack, 4 KiB of page table.
constexpr std::uint64_t bytes_per_thread = 35u << 10;

amount minus(amount value, std::uint64_t taken) {
  if (!value || *value == unlimited) return std::nullopt;
  return *value - std::min(*value, taken);
}

amount divided(amount value, std::uint64_t by) { return value ? amount(*value / by) : std::nullopt; }

std::string sysctl(const std::string& name, std::uint64_t value) {
  return "sysctl -w " + name + "=" + std::to_string(value);
}

bool short_of(const amount& capacity, std::uint64_t wanted) { return capacity && *capacity < wanted; }

std::string unit_of(const std::string& folder) { return folder.substr(folder.rfind('/') + 1); }

bool is_systemd_unit(const std::string& unit) {
  return unit.ends_with(".slice") || unit.ends_with(".scope") || unit.ends_with(".service");
}

class survey {
 public:
  survey(const machine_files& files, std::uint64_t wanted)
      : files_(files), wanted_(wanted), resources_(files.text("/proc/self/limits").value_or("")) {
    in_use_ = parse_thread_count(files.text("/proc/loadavg").value_or("")).value_or(0);
    const auto status = files.text("/proc/self/status").value_or("");
    const auto uids = parse_numbers(parse_field(status, "Uid", ':').value_or(""));
    root_ = !uids.empty() && uids.front() == 0;
    capabilities_ = std::strtoull(parse_field(status, "CapEff", ':').value_or("0").c_str(), nullptr, 16);
  }

  std::vector<limit> take() {
    open_files();
    ports();
    user_processes();
    machine_threads();
    cgroup_pids();
    address_space();
    memory();
    socket_memory();
    connection_table();
    accept_queues();
    time_wait();
    for (auto& l : found_)
      if (!root_ && (l.raise.starts_with("sysctl") || l.raise.starts_with("systemctl"))) l.raise.insert(0, "sudo ");
    return std::move(found_);
  }

 private:
  bool may_administer() const { return (capabilities_ >> 21 & 1) != 0; }        // CAP_SYS_ADMIN
  bool may_exceed_resources() const { return (capabilities_ >> 24 & 1) != 0; }  // CAP_SYS_RESOURCE
  std::uint64_t threads_wanted() const { return wanted_ + in_use_ + spare_threads; }

  std::string raise_resource(const std::string& flag, const std::string& name, std::uint64_t to) const {
    const auto number = std::to_string(to);
    if (may_exceed_resources()) return "ulimit -H" + flag + " " + number + " && ulimit -S" + flag + " " + number;
    if (!root_) return "sudo prlimit --pid $$ --" + name + "=" + number + ":" + number;
    return "# outside: start this container or service with " + name + "=" + number +
           ", root lacks CAP_SYS_RESOURCE here";
  }

  void open_files() {
    const auto files = parse_resource_limit(resources_, "Max open files");
    const auto per_process = files_.amount("/proc/sys/fs/nr_open");
    const auto needed = wanted_ + load::spare_descriptors;
    const std::string arithmetic =
        "1 per connection in server and generator each, " + std::to_string(load::spare_descriptors) + " for the rest";
    found_.push_back({"RLIMIT_NOFILE soft", files.soft, "descriptors of one process",
                      "no bound: all programs here raise it to the hard one"});
    limit hard{"RLIMIT_NOFILE hard", files.hard, "descriptors of one process", arithmetic};
    hard.per_process = true;
    hard.connections = minus(files.hard, load::spare_descriptors);
    if (short_of(hard.connections, wanted_)) {
      hard.raise = raise_resource("n", "nofile", needed);
      if (per_process && *per_process < needed) hard.raise = sysctl("fs.nr_open", needed) + " && " + hard.raise;
    }
    found_.push_back(hard);

    limit highest{"fs.nr_open", per_process, "what RLIMIT_NOFILE can be raised to", arithmetic};
    highest.per_process = true;
    highest.connections = minus(per_process, load::spare_descriptors);
    if (short_of(highest.connections, wanted_)) highest.raise = sysctl(highest.name, needed);
    found_.push_back(highest);

    const auto used = files_.numbers("/proc/sys/fs/file-nr");
    const auto taken = used.empty() ? 0 : used.front();
    limit machine{"fs.file-max", files_.amount("/proc/sys/fs/file-max"), "open files of the machine",
                  "2 per connection (both ends), less " + grouped(taken) + " open now"};
    machine.connections = divided(minus(machine.value, taken), 2);
    if (may_administer()) {
      machine.connections = std::nullopt;
      machine.arithmetic = "no bound: CAP_SYS_ADMIN may exceed it";
    }
    if (short_of(machine.connections, wanted_)) machine.raise = sysctl(machine.name, 2 * needed + taken);
    found_.push_back(machine);
  }

  void ports() {
    const auto range = files_.numbers("/proc/sys/net/ipv4/ip_local_port_range");
    limit l{"net.ipv4.ip_local_port_range", std::nullopt, "ports to connect from, of one source address"};
    if (range.size() == 2 && range[0] <= range[1]) {
      const auto reserved =
          ports_reserved(files_.line("/proc/sys/net/ipv4/ip_local_reserved_ports").value_or(""), range[0], range[1]);
      l.value = range[1] - range[0] + 1 - reserved;
      l.arithmetic = "1 per connection, " + std::to_string(range[0]) + " to " + std::to_string(range[1]) + ", " +
                     std::to_string(reserved) + " reserved; each further source address has as many";
      l.connections = l.value;
      if (*l.value < wanted_) l.raise = more_ports(*l.value);
    }
    l.per_source = true;
    found_.push_back(l);
  }

  std::string more_ports(std::uint64_t of_each) const {
    const auto count = (wanted_ + of_each - 1) / std::max<std::uint64_t>(of_each, 1);
    if (count > 4096) return "sysctl -w net.ipv4.ip_local_port_range='1024 65535'";  // tvl-load uses fewer
    return "tvl-load --sources 127.0.0.1-127.0." + std::to_string(count / 256) + "." + std::to_string(count % 256) +
           "  # in a workload: sources = ...";
  }

  void user_processes() {
    limit l{"RLIMIT_NPROC soft", parse_resource_limit(resources_, "Max processes").soft, "threads of this user",
            "1 per connection of a thread model, less " + grouped(in_use_) + " that run at most and " +
                std::to_string(spare_threads) + " for the rest"};
    if (root_ || may_administer() || may_exceed_resources()) {
      l.arithmetic = "no bound: root and CAP_SYS_ADMIN may exceed it";
    } else {
      l.threads = minus(l.value, in_use_ + spare_threads);
      if (short_of(l.threads, wanted_)) l.raise = raise_resource("u", "nproc", threads_wanted());
    }
    found_.push_back(l);
  }

  void machine_threads() {
    const std::string rest =
        "less " + grouped(in_use_) + " that run and " + std::to_string(spare_threads) + " for the rest";
    limit threads{"kernel.threads-max", files_.amount("/proc/sys/kernel/threads-max"), "threads of the machine", rest};
    threads.threads = minus(threads.value, in_use_ + spare_threads);
    if (short_of(threads.threads, wanted_)) threads.raise = sysctl(threads.name, threads_wanted());
    found_.push_back(threads);

    limit ids{"kernel.pid_max", files_.amount("/proc/sys/kernel/pid_max"), "ids of threads and processes",
              "1 per thread, less " + std::to_string(ids_kept) + " that the kernel keeps, " + rest.substr(5)};
    ids.threads = minus(ids.value, ids_kept + in_use_ + spare_threads);
    if (short_of(ids.threads, wanted_)) ids.raise = sysctl(ids.name, std::min(most_pids, threads_wanted() + ids_kept));
    found_.push_back(ids);
  }

  // The level with the lowest remaining number is the limit.
  void cgroup_pids() {
    const auto folders = files_.cgroup("pids");
    limit l{"cgroup pids.max", folders.empty() ? std::nullopt : amount(unlimited), "threads of the control group", ""};
    for (const auto& folder : folders) {
      const auto most = files_.amount(folder + "/pids.max");
      const auto now = files_.amount(folder + "/pids.current").value_or(0);
      const auto left = minus(most, now + spare_threads);
      if (!left || (l.threads && *l.threads <= *left)) continue;
      l.value = most;
      l.threads = left;
      l.arithmetic =
          folder + ", less " + grouped(now) + " that run and " + std::to_string(spare_threads) + " for the rest";
      if (short_of(left, wanted_))
        l.raise = is_systemd_unit(unit_of(folder)) ? "systemctl set-property " + unit_of(folder) + " TasksMax=infinity"
                                                   : "echo max > " + folder + "/pids.max";
    }
    found_.push_back(l);
  }

  void address_space() {
    limit maps{"vm.max_map_count", files_.amount("/proc/sys/vm/max_map_count"), "memory mappings of one process",
               std::to_string(mappings_per_thread) + " per thread (stack, guard), " + std::to_string(spare_mappings) +
                   " for the rest"};
    maps.threads = divided(minus(maps.value, spare_mappings), mappings_per_thread);
    if (short_of(maps.threads, wanted_)) maps.raise = sysctl(maps.name, mappings_per_thread * wanted_ + spare_mappings);
    found_.push_back(maps);

    limit commit{"vm.overcommit_memory", files_.amount("/proc/sys/vm/overcommit_memory"), "0 guess, 1 always, 2 never",
                 "no bound: only touched stack pages use memory"};
    if (commit.value == amount(2)) {
      const auto meminfo = files_.text("/proc/meminfo").value_or("");
      const auto most = parse_meminfo(meminfo, "CommitLimit"), now = parse_meminfo(meminfo, "Committed_AS");
      commit.threads = divided(minus(most, now.value_or(0)), stack_bytes);
      commit.arithmetic = "64 KiB of stack per thread, of CommitLimit less Committed_AS";
      commit.raise = sysctl(commit.name, 0);
    }
    found_.push_back(commit);
  }

  void memory() {
    const std::string arithmetic = "about 8 KiB of kernel memory per connection (both ends), 35 KiB per thread";
    const auto add = [&](const std::string& name, amount value, const std::string& what) {
      limit l{name, value, what, arithmetic};
      l.connections = divided(minus(value, 0), kernel_per_connection);
      l.threads = divided(minus(value, 0), bytes_per_thread);
      l.sure = false;  // the model's memory is not known, it is measured
      found_.push_back(l);
    };
    add("MemAvailable", parse_meminfo(files_.text("/proc/meminfo").value_or(""), "MemAvailable"), "bytes");
    const auto folders = files_.cgroup("memory");
    amount least = folders.empty() ? std::nullopt : amount(unlimited);
    for (const auto& folder : folders) {
      for (const auto* file : {"/memory.max", "/memory.limit_in_bytes"}) {
        const auto bytes = files_.amount(folder + file);
        if (bytes && *bytes < std::uint64_t{1} << 62) least = std::min(*least, *bytes);  // v1: 2^63 - 4096 = no limit
      }
    }
    add("cgroup memory.max", least, "bytes");
  }

  void socket_memory() {
    const auto pages = files_.numbers("/proc/sys/net/ipv4/tcp_mem");
    limit all{"net.ipv4.tcp_mem", std::nullopt, "pages of all socket buffers",
              "2 per connection with data in flight at both ends"};
    if (pages.size() == 3) {
      all.value = pages[2];
      all.connections = pages[2] / 2;
      if (*all.connections < wanted_)
        all.raise = "sysctl -w net.ipv4.tcp_mem='" + std::to_string(wanted_) + " " + std::to_string(2 * wanted_) + " " +
                    std::to_string(3 * wanted_) + "'";
    }
    all.sure = false;  // idle connections use none
    found_.push_back(all);
    for (const auto& [name, what] : {std::pair("tcp_rmem", "bytes of a receive buffer, default"),
                                     std::pair("tcp_wmem", "bytes of a send buffer, default")}) {
      const auto bytes = files_.numbers(std::string("/proc/sys/net/ipv4/") + name);
      found_.push_back({std::string("net.ipv4.") + name, bytes.size() == 3 ? amount(bytes[1]) : std::nullopt, what,
                        "no bound: a larger reply waits for its reader"});
    }
  }

  void connection_table() {
    const std::string folder = "/proc/sys/net/netfilter/";
    limit l{"net.netfilter.nf_conntrack_max", files_.amount(folder + "nf_conntrack_max"),
            "connections in the firewall's table", "n/a: conntrack is not loaded"};
    if (l.value) {
      const auto now = files_.amount(folder + "nf_conntrack_count").value_or(0);
      l.connections = minus(l.value, now);
      l.arithmetic = "1 per connection where rules track loopback, less " + grouped(now) + " in use";
      if (short_of(l.connections, wanted_)) l.raise = sysctl(l.name, wanted_ + now);
    }
    l.sure = false;
    found_.push_back(l);
  }

  void accept_queues() {
    const std::string late = "no bound, but above it some simultaneous connects retry after 1 s";
    for (const auto& [name, what] : {std::pair("net.core.somaxconn", "connections that wait for accept()"),
                                     std::pair("net.ipv4.tcp_max_syn_backlog", "connections half open")}) {
      std::string file = name;
      std::ranges::replace(file, '.', '/');
      limit l{name, files_.amount("/proc/sys/" + file), what, late};
      if (short_of(l.value, 65535)) l.raise = sysctl(l.name, 65535);  // the servers' listen backlog
      found_.push_back(l);
    }
  }

  void time_wait() {
    limit reuse{"net.ipv4.tcp_tw_reuse", files_.amount("/proc/sys/net/ipv4/tcp_tw_reuse"),
                "0 never, 1 always, 2 on loopback",
                "no bound, but with 0 a port stays in TIME_WAIT for 60 s, else 1 s"};
    if (reuse.value == amount(0)) reuse.raise = sysctl(reuse.name, 2);
    found_.push_back(reuse);
    found_.push_back({"net.ipv4.tcp_fin_timeout", files_.amount("/proc/sys/net/ipv4/tcp_fin_timeout"),
                      "seconds in FIN_WAIT2", "no bound: both ends close here"});
  }

  const machine_files& files_;
  std::uint64_t wanted_;
  std::string resources_;
  std::uint64_t in_use_ = 0;  // threads of the machine; 0 = unknown
  bool root_ = false;
  std::uint64_t capabilities_ = 0;
  std::vector<limit> found_;
};

std::uint64_t capacity(const limit& l) {
  return std::min(l.connections.value_or(unlimited), l.threads.value_or(unlimited));
}

}  // namespace

std::vector<limit> read_limits(const machine_files& files, std::uint64_t wanted) {
  auto limits = survey(files, wanted).take();
  std::ranges::sort(limits, {}, [](const limit& l) { return std::pair(capacity(l), l.name); });
  return limits;
}

}  // namespace tvl::suite
