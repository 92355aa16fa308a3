#include "bench/machine/kernel_settings.hpp"

#include "bench/machine/fake_machine.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

host_fact setting(const fake_machine& machine, const std::string& name) {
  for (const auto& fact : read_kernel_settings(machine.files()))
    if (fact.name == name) return fact;
  ADD_FAILURE() << "no setting " << name;
  return {};
}

TEST(kernel_settings, what_the_kernel_does_not_tell_is_empty) {
  const fake_machine machine;
  for (const auto* name : {"TCP congestion control", "clock source", "preemption", "multi-generation LRU", "microcode"})
    EXPECT_EQ(setting(machine, name).value, std::nullopt) << name;
}

TEST(kernel_settings, warns_of_a_congestion_control_that_is_not_the_default) {
  const fake_machine machine;
  machine.sysctl("net/ipv4/tcp_congestion_control", "cubic");
  EXPECT_EQ(setting(machine, "TCP congestion control").warning, "");
  machine.sysctl("net/ipv4/tcp_congestion_control", "bbr");
  EXPECT_EQ(setting(machine, "TCP congestion control").value, "bbr");
  EXPECT_NE(setting(machine, "TCP congestion control").warning, "");
}

TEST(kernel_settings, finds_the_preemption_model) {
  const fake_machine machine;
  machine.sysctl("kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.57-1");
  EXPECT_EQ(setting(machine, "preemption").value, "PREEMPT_DYNAMIC");
  machine.write("/sys/kernel/debug/sched/preempt", "none voluntary (full) [lazy]\n");
  EXPECT_EQ(setting(machine, "preemption").value, "lazy");
}

TEST(kernel_settings, finds_page_sampling_by_its_thread) {
  const fake_machine machine;
  machine.write("/proc/77/comm", "ksoftirqd/0\n");
  EXPECT_EQ(setting(machine, "page sampling (DAMON)").value, "off");
  machine.write("/proc/78/comm", "kdamond.0\n");
  EXPECT_EQ(setting(machine, "page sampling (DAMON)").value, "on");
  EXPECT_NE(setting(machine, "page sampling (DAMON)").warning, "");
}

TEST(kernel_settings, reads_switches_and_shares) {
  const fake_machine machine;
  machine.sysctl("kernel/sched_autogroup_enabled", "1");
  machine.write("/sys/kernel/mm/lru_gen/enabled", "0x0007\n");
  machine.write("/sys/kernel/mm/ksm/run", "0\n");
  EXPECT_EQ(setting(machine, "scheduler autogroups").value, "on");
  EXPECT_EQ(setting(machine, "multi-generation LRU").value, "on");
  EXPECT_EQ(setting(machine, "same-page merging (KSM)").value, "off");
  EXPECT_EQ(setting(machine, "stolen time").value, "3.50 % since boot");
}

}  // namespace
}  // namespace tvl::suite
