// Limits of fake machines, and the parsers of their files.

#include "bench/machine/resource_limits.hpp"

#include "bench/machine/fake_machine.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tvl::suite {
namespace {

using amount = std::optional<std::uint64_t>;

class limits_test : public testing::Test {
 protected:
  std::vector<limit> read(std::uint64_t wanted = 1'000'000) const { return read_limits(machine.files(), wanted); }
  limit named(const std::string& name, std::uint64_t wanted = 1'000'000) const {
    for (const auto& l : read(wanted))
      if (l.name == name) return l;
    ADD_FAILURE() << "no limit " << name;
    return {};
  }
  void root() const {
    machine.write("/proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nCpus_allowed_list:\t0\n");
  }

  fake_machine machine;
};

TEST(machine_files, amounts_are_integers_or_unlimited_or_empty) {
  EXPECT_EQ(parse_amount("4096\n"), amount(4096));
  for (const auto* none : {"max\n", "unlimited", "-1"}) EXPECT_EQ(parse_amount(none), amount(unlimited)) << none;
  for (const auto* wrong : {"", "\n", "12x", "-2", "1.5", "99999999999999999999999"})
    EXPECT_FALSE(parse_amount(wrong)) << wrong;
  EXPECT_EQ(parse_numbers("1 2\t3\n"), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_TRUE(parse_numbers("1 two").empty());
}

TEST(machine_files, fields_and_rows) {
  EXPECT_EQ(parse_field("model name\t: A  B\nflags: x\n", "model name", ':'), "A  B");
  EXPECT_EQ(parse_field("PRETTY_NAME=\"Debian 12\"\n", "PRETTY_NAME", '='), "Debian 12");
  EXPECT_FALSE(parse_field("Uidx: 1\nUid:\n", "Uid", ':'));
  EXPECT_EQ(parse_meminfo("MemAvailable:    2 kB\n", "MemAvailable"), amount(2048));
  EXPECT_FALSE(parse_meminfo("MemAvailable:    2\n", "MemAvailable"));
  const auto files = parse_resource_limit("Max open files            1024      unlimited   files\n", "Max open files");
  EXPECT_EQ(files.soft, amount(1024));
  EXPECT_EQ(files.hard, amount(unlimited));
  EXPECT_FALSE(parse_resource_limit("", "Max open files").hard);
  EXPECT_EQ(parse_thread_count("0.01 0.05 0.10 1/234 5678\n"), amount(234));
  EXPECT_FALSE(parse_thread_count("0.01"));
}

TEST(machine_files, reserved_ports_count_inside_the_range_only) {
  EXPECT_EQ(ports_reserved("\n", 32768, 60999), 0U);
  EXPECT_EQ(ports_reserved("8080,32760-32769,40000,60999-61010\n", 32768, 60999), 4U);
}

TEST(machine_files, busy_ticks_exclude_idle_iowait_and_steal) {
  const auto ticks = parse_cpu_ticks("cpu  100 1 50 800 10 2 5 32 70 70\ncpu0 ...\n");  // guest is included in user
  ASSERT_TRUE(ticks);
  EXPECT_EQ(ticks->busy, 158U);
  EXPECT_EQ(ticks->steal, 32U);
  EXPECT_EQ(ticks->total, 1000U);
  EXPECT_FALSE(parse_cpu_ticks("cpu 1 2"));
  const std::string three =
      "cpu  9 9 9 9 9 9 9 9\ncpu0 1 0 1 5 1 0 0 1 0 0\ncpu1 70 0 0 7 0 0 0 0\ncpu12 4 0 0 9 0 0 0 2\n";
  const auto of_two = parse_cpu_ticks(three, {0, 12});
  ASSERT_TRUE(of_two);
  EXPECT_EQ(of_two->busy, 6u) << "only those two cores";
  EXPECT_EQ(of_two->steal, 3u);
  EXPECT_EQ(of_two->total, 24u);
  EXPECT_FALSE(parse_cpu_ticks(three, {0, 2})) << "one is offline";
  EXPECT_FALSE(parse_cpu_ticks(""));
}

using folders = std::vector<std::string>;
const char* const v1_mount = "36 31 0:30 / /sys/fs/cgroup/pids rw shared:9 - cgroup cgroup rw,pids\n";
const char* const v2_mount = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(cgroup_folders, go_from_the_own_group_up_to_the_mount) {
  EXPECT_EQ(
      cgroup_folders("0::/a.slice/b.scope\n", v2_mount, "pids"),
      (folders{"/sys/fs/cgroup/unified/a.slice/b.scope", "/sys/fs/cgroup/unified/a.slice", "/sys/fs/cgroup/unified"}));
  EXPECT_EQ(cgroup_folders("0::/\n", v2_mount, "pids"), folders{"/sys/fs/cgroup/unified"});
}

TEST(cgroup_folders, version_1_wins_where_both_are_mounted) {
  const auto mounts = std::string(v1_mount) + v2_mount;
  EXPECT_EQ(cgroup_folders("8:pids:/x\n0::/y\n", mounts, "pids"),
            (folders{"/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/pids"}));
  EXPECT_EQ(cgroup_folders("8:pids:/x\n0::/y\n", mounts, "cpu").front(), "/sys/fs/cgroup/unified/y");
}

TEST(cgroup_folders, of_a_container_begin_below_the_root_of_its_mount) {
  const std::string bound = "36 31 0:30 /docker/ab /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n";
  EXPECT_EQ(cgroup_folders("8:pids:/docker/ab/x\n", bound, "pids"),
            (folders{"/sys/fs/cgroup/pids/x", "/sys/fs/cgroup/pids"}));
  EXPECT_EQ(cgroup_folders("8:pids:/docker/ab\n", bound, "pids"), folders{"/sys/fs/cgroup/pids"});
  EXPECT_EQ(cgroup_folders("0::/../../elsewhere\n", v2_mount, "pids"), folders{"/sys/fs/cgroup/unified"});
  EXPECT_TRUE(cgroup_folders("8:pids:/x\n", "", "pids").empty());
  EXPECT_TRUE(cgroup_folders("", v2_mount, "pids").empty());
}

TEST_F(limits_test, the_tightest_limit_is_first) {
  const auto limits = read();
  EXPECT_EQ(limits.front().name, "RLIMIT_NOFILE hard");
  EXPECT_EQ(limits.front().connections, amount(20000 - 64));
  EXPECT_EQ(tightest_for_connections(limits)->name, "RLIMIT_NOFILE hard");
  EXPECT_EQ(tightest_for_threads(limits)->name, "kernel.pid_max");
  const auto room = [](const limit& l) {
    return std::min(l.connections.value_or(unlimited), l.threads.value_or(unlimited));
  };
  EXPECT_TRUE(std::ranges::is_sorted(limits, {}, room));
}

TEST_F(limits_test, arithmetic) {
  EXPECT_EQ(named("kernel.pid_max").threads, amount(32768 - 300 - 236 - 64));
  EXPECT_EQ(named("kernel.threads-max").threads, amount(100000 - 236 - 64));
  EXPECT_EQ(named("RLIMIT_NPROC soft").threads, amount(90000 - 236 - 64));
  EXPECT_EQ(named("vm.max_map_count").threads, amount((65530 - 256) / 2));
  EXPECT_EQ(named("fs.file-max").connections, amount((2000000 - 2000) / 2));
  EXPECT_EQ(named("net.ipv4.ip_local_port_range").connections, amount(28232));
  EXPECT_EQ(named("net.ipv4.tcp_mem").connections, amount(1500000));
  EXPECT_EQ(named("MemAvailable").connections, amount(1048576));
  EXPECT_FALSE(named("MemAvailable").sure);
  EXPECT_FALSE(named("vm.overcommit_memory").threads);
  EXPECT_EQ(named("cgroup pids.max").value, amount(unlimited));
}

TEST_F(limits_test, reserved_ports_do_not_count) {
  machine.sysctl("net/ipv4/ip_local_reserved_ports", "40000-40009");
  EXPECT_EQ(named("net.ipv4.ip_local_port_range").value, amount(28222));
}

TEST_F(limits_test, the_tightest_level_of_a_control_group_is_the_limit) {
  machine.write("/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/pids.max", "max\n");
  machine.write("/sys/fs/cgroup/user.slice/user-1000.slice/pids.max", "5000\n");
  machine.write("/sys/fs/cgroup/user.slice/user-1000.slice/pids.current", "3000\n");
  machine.write("/sys/fs/cgroup/user.slice/pids.max", "4000\n");
  const auto l = named("cgroup pids.max");
  EXPECT_EQ(l.value, amount(5000));
  EXPECT_EQ(l.threads, amount(5000 - 3000 - 64));
  EXPECT_EQ(l.raise, "sudo systemctl set-property user-1000.slice TasksMax=infinity");
  EXPECT_EQ(tightest_for_threads(read())->name, "cgroup pids.max");
}

TEST_F(limits_test, memory_of_a_control_group) {
  machine.write("/proc/self/cgroup", "4:memory:/x\n");
  machine.write("/proc/self/mountinfo", "35 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  machine.write("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(named("cgroup memory.max").value, amount(unlimited));
  machine.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "81920000\n");
  EXPECT_EQ(named("cgroup memory.max").connections, amount(10000));
}

TEST_F(limits_test, a_privileged_user_may_exceed_a_limit) {
  root();
  for (const auto* name : {"fs.file-max", "RLIMIT_NPROC soft"}) {
    EXPECT_FALSE(named(name).connections || named(name).threads) << name;
    EXPECT_TRUE(named(name).value) << name;
  }
}

TEST_F(limits_test, strict_overcommit_counts_whole_stacks) {
  machine.sysctl("vm/overcommit_memory", "2");
  EXPECT_EQ(named("vm.overcommit_memory").threads, amount((1U << 30) / (64U << 10)));
}

TEST_F(limits_test, raise_commands_allow_the_wanted_number) {
  EXPECT_EQ(named("kernel.pid_max", 40000).raise, "sudo sysctl -w kernel.pid_max=40600");
  EXPECT_EQ(named("kernel.pid_max", 30000).raise, "");
  EXPECT_EQ(named("vm.max_map_count", 40000).raise, "sudo sysctl -w vm.max_map_count=80256");
  EXPECT_EQ(named("RLIMIT_NOFILE hard", 30000).raise, "sudo prlimit --pid $$ --nofile=30064:30064");
  machine.sysctl("fs/nr_open", "25000");
  EXPECT_EQ(named("RLIMIT_NOFILE hard", 30000).raise,
            "sudo sysctl -w fs.nr_open=30064 && sudo prlimit --pid $$ --nofile=30064:30064");
  root();
  EXPECT_EQ(named("RLIMIT_NOFILE hard", 22000).raise, "ulimit -Hn 22064 && ulimit -Sn 22064");
  EXPECT_EQ(named("kernel.pid_max", 40000).raise, "sysctl -w kernel.pid_max=40600");
  EXPECT_TRUE(
      named("net.ipv4.ip_local_port_range", 100'000).raise.starts_with("tvl-load --sources 127.0.0.1-127.0.0.4 "));
}

TEST_F(limits_test, raised_limits_are_high_enough) {
  constexpr std::uint64_t wanted = 50000;
  machine.write("/proc/self/limits", "Max processes  50300 50300 processes\nMax open files  50064 50064 files\n");
  machine.sysctl("kernel/pid_max", "50600");
  machine.sysctl("kernel/threads-max", "50300");
  machine.sysctl("vm/max_map_count", "100256");
  EXPECT_TRUE(too_low_for(read(wanted), {wanted, wanted, 2}).empty());
  EXPECT_EQ(too_low_for(read(wanted), {wanted + 1, wanted + 1, 2}).size(), 5U);
}

TEST_F(limits_test, an_empty_machine_is_all_null_and_forbids_nothing) {
  const temporary_folder nothing;
  const auto limits = read_limits(machine_files(nothing.path()));
  EXPECT_EQ(limits.size(), read().size());
  for (const auto& l : limits) EXPECT_FALSE(l.value || l.connections || l.threads) << l.name;
  const auto values = values_of(limits);
  for (const auto& [name, value] : values.items()) EXPECT_TRUE(value.is_null()) << name;
  EXPECT_EQ(tightest_for_connections(limits), nullptr);
  EXPECT_EQ(why_not(limits, {1'000'000, 1'000'000}), "");
}

TEST_F(limits_test, unlimited_is_neither_null_nor_a_number) {
  machine.write("/proc/self/limits", "Max open files  1024 unlimited files\n");
  EXPECT_EQ(values_of(read()).at("RLIMIT_NOFILE hard"), "unlimited");
  EXPECT_FALSE(named("RLIMIT_NOFILE hard").connections);
}

TEST_F(limits_test, why_a_point_cannot_be_measured) {
  const auto limits = read();
  EXPECT_EQ(why_not(limits, {19936, 19936}), "");
  EXPECT_EQ(why_not(limits, {19937}),
            "19,937 connections do not fit: RLIMIT_NOFILE hard (descriptors of one process) is 20000, which allows "
            "19,936: 1 per connection in server and generator each, 64 for the rest");
  machine.sysctl("kernel/pid_max", "10000");
  EXPECT_EQ(why_not(read(), {15000, 0}), "");
  EXPECT_TRUE(why_not(read(), {15000, 15000})
                  .starts_with("15,000 threads do not fit: kernel.pid_max (ids of threads and processes) is 10000, "
                               "which allows 9,400: "));
}

TEST_F(limits_test, more_server_processes_have_more_descriptors) {
  machine.sysctl("net/ipv4/ip_local_port_range", "1024 65535");
  EXPECT_EQ(why_not(read(), {39872, 0, 1, 2}), "");
  EXPECT_TRUE(why_not(read(), {39873, 0, 1, 2})
                  .starts_with("39,873 connections do not fit: RLIMIT_NOFILE hard (descriptors of one process) is "
                               "20000, which allows 39,872: "));
}

TEST_F(limits_test, more_source_addresses_have_more_ports) {
  machine.sysctl("net/ipv4/ip_local_port_range", "50000 50099");
  EXPECT_NE(why_not(read(), {300, 0, 2}), "");
  EXPECT_EQ(why_not(read(), {300, 0, 3}), "");
}

TEST_F(limits_test, estimates_warn_but_forbid_nothing) {
  machine.write("/proc/meminfo", "MemAvailable:    8192 kB\n");
  EXPECT_EQ(why_not(read(), {5000, 0}), "");
  const auto low = too_low_for(read(), {5000, 0});
  ASSERT_EQ(low.size(), 1U);
  EXPECT_EQ(low[0].name, "MemAvailable");
}

}  // namespace
}  // namespace tvl::suite
