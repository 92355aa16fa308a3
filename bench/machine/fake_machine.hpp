#pragma once
// Test fixture: a folder with the files of a machine: an ordinary user on a desktop, cgroup v2. Tests overwrite files.

#include "bench/machine/proc_files.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <string>

namespace tvl::suite {

class fake_machine {
 public:
  fake_machine() {
    write("/proc/self/limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max processes             90000                90000                processes \n"
          "Max open files            1024                 20000                files     \n");
    write("/proc/self/status",
          "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n"
          "Cpus_allowed_list:\t0-1\n");
    write("/proc/loadavg", "0.50 0.20 0.10 1/236 4711\n");
    write("/proc/stat", "cpu  100 0 50 800 10 0 5 35 0 0\ncpu0 1 2 3\n");
    write("/proc/meminfo",
          "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\nCommitLimit:     2097152 kB\n"
          "Committed_AS:    1048576 kB\n");
    sysctl("fs/nr_open", "1048576");
    sysctl("fs/file-max", "2000000");
    sysctl("fs/file-nr", "2000\t0\t2000000");
    sysctl("kernel/threads-max", "100000");
    sysctl("kernel/pid_max", "32768");
    sysctl("vm/max_map_count", "65530");
    sysctl("vm/overcommit_memory", "0");
    sysctl("net/core/somaxconn", "4096");
    sysctl("net/ipv4/tcp_max_syn_backlog", "1024");
    sysctl("net/ipv4/ip_local_port_range", "32768\t60999");
    sysctl("net/ipv4/ip_local_reserved_ports", "");
    sysctl("net/ipv4/tcp_mem", "1000000 2000000 3000000");
    sysctl("net/ipv4/tcp_rmem", "4096 131072 6291456");
    sysctl("net/ipv4/tcp_wmem", "4096 16384 4194304");
    sysctl("net/ipv4/tcp_tw_reuse", "2");
    sysctl("net/ipv4/tcp_fin_timeout", "60");
    write("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-2.scope\n");
    write("/proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write("/sys/devices/system/cpu/online", "0-3\n");
  }

  void write(const std::string& path, const std::string& text) const { folder_.write(path.substr(1), text); }
  void sysctl(const std::string& path, const std::string& value) const { write("/proc/sys/" + path, value + "\n"); }
  void remove(const std::string& path) const { std::filesystem::remove_all(folder_.path() / path.substr(1)); }
  machine_files files() const { return machine_files(folder_.path()); }

 private:
  temporary_folder folder_;
};

}  // namespace tvl::suite
