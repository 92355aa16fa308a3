#include "clients/load/cluster/throttling.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tvl::load {
namespace {

using files = std::vector<std::string>;

files statistics_of(const std::string& groups, const std::string& mounts) {
  std::istringstream g(groups), m(mounts);
  return cpu_statistics(g, m);
}

const std::string v1_mounts =
    "22 1 0:20 / /sys rw - sysfs sysfs rw\n"
    "30 22 0:26 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "31 22 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "32 22 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
const std::string v2_mounts =
    "22 1 0:20 / /sys rw - sysfs sysfs rw\n"
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(Throttling, OfCgroupV1IsInTheHierarchyOfTheController) {
  EXPECT_EQ(statistics_of("3:cpuset:/\n2:cpu,cpuacct:/a/b\n0::/other\n", v1_mounts),
            (files{"/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.stat", "/sys/fs/cgroup/cpu,cpuacct/a/cpu.stat",
                   "/sys/fs/cgroup/cpu,cpuacct/cpu.stat"}));
  EXPECT_EQ(statistics_of("0::/other\n2:cpu,cpuacct:/\n", v1_mounts), files{"/sys/fs/cgroup/cpu,cpuacct/cpu.stat"});
}

TEST(Throttling, OfCgroupV2IsInTheOnlyHierarchy) {
  EXPECT_EQ(statistics_of("0::/user.slice/a:b\n", v2_mounts),
            (files{"/sys/fs/cgroup/user.slice/a:b/cpu.stat", "/sys/fs/cgroup/user.slice/cpu.stat",
                   "/sys/fs/cgroup/cpu.stat"}));
  EXPECT_EQ(statistics_of("1:name=systemd:/init\n0::/\n", v2_mounts), files{"/sys/fs/cgroup/cpu.stat"});
}

// As Docker has it where containers share the machine's view: /proc names the group from the top, the mount begins at
// it.
TEST(Throttling, AMountMayBeginAtAGroup) {
  const std::string inside = "31 22 0:27 /docker/7 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n";
  EXPECT_EQ(statistics_of("2:cpu:/docker/7\n", inside), files{"/sys/fs/cgroup/cpu/cpu.stat"});
  EXPECT_EQ(statistics_of("2:cpu:/docker/7/a\n", inside),
            (files{"/sys/fs/cgroup/cpu/a/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat"}));
  EXPECT_EQ(statistics_of("2:cpu:/docker/77\n", inside), files{}) << "another container's";
}

TEST(Throttling, WithoutAMountOrAControllerNothingIsKnown) {
  EXPECT_EQ(statistics_of("2:cpu:/a\n0::/\n", v2_mounts), files{});
  EXPECT_EQ(statistics_of("2:memory:/a\n", v1_mounts), files{});
  EXPECT_EQ(statistics_of("", ""), files{});
}

TEST(Throttling, ThePeriodsAreReadFromBothVersionsFiles) {
  std::istringstream v1("nr_periods 50\nnr_throttled 17\nthrottled_time 123456\nnr_bursts 0\nburst_time 0\n");
  EXPECT_EQ(throttled_periods(v1), 17);
  std::istringstream v2(
      "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnice_usec 0\nnr_periods 50\nnr_throttled 4000000000\n"
      "throttled_usec 9\n");
  EXPECT_EQ(throttled_periods(v2), 4'000'000'000);
  std::istringstream no_limit("usage_usec 5\nuser_usec 3\nsystem_usec 2\n"), nothing("");
  EXPECT_EQ(throttled_periods(no_limit), std::nullopt);
  EXPECT_EQ(throttled_periods(nothing), std::nullopt);
}

}  // namespace
}  // namespace tvl::load
