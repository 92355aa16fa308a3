// The diagnosis of simulated machines, and of this one.

#include "bench/suite/commands/doctor_command.hpp"

#include "bench/machine/fake_machine.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace tvl::suite {
namespace {

std::string printed(const diagnosis& d, bool colours = false) {
  std::ostringstream out;
  print(d, out, colours);
  return out.str();
}

host_fact fact_of(const machine_files& files, const std::string& name) {
  for (auto& fact : read_host_facts(files))
    if (fact.name == name) return fact;
  ADD_FAILURE() << "no fact " << name;
  return {};
}

struct answer {
  int code;
  std::string out;
};

int run(std::vector<std::string> words) {
  words.insert(words.begin(), "doctor");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return run_doctor(static_cast<int>(argv.size()), argv.data());
}

answer doctor(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  const int code = run(words);
  return {code, testing::internal::GetCapturedStdout()};
}

TEST(doctor, names_the_tightest_limit_and_how_to_raise_it) {
  const fake_machine machine;
  const auto text = printed(diagnose(machine.files(), std::nullopt));
  EXPECT_NE(text.find("\nconnections: up to 19,936 (limit: RLIMIT_NOFILE hard, descriptors of one process)\n"
                      "threads: up to 32,168 (limit: kernel.pid_max, ids of threads and processes)\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("sudo sysctl -w kernel.pid_max=1000600"), std::string::npos) << text;
  EXPECT_LT(text.find("RLIMIT_NOFILE hard "), text.find("kernel.threads-max ")) << text;
  EXPECT_EQ(text.find('\033'), std::string::npos);
}

TEST(doctor, says_whether_the_connections_fit) {
  const fake_machine machine;
  EXPECT_TRUE(diagnose(machine.files(), 19936).fits());
  const auto d = diagnose(machine.files(), 40000);
  EXPECT_FALSE(d.fits());
  const auto text = printed(d, true);
  EXPECT_NE(text.find("\033[31m40,000 connections do not fit\033[0m\n  RLIMIT_NOFILE hard allows 19,936 connections\n"
                      "  net.ipv4.ip_local_port_range allows 28,232 connections\n"
                      "  kernel.pid_max allows 32,168 threads, which binds models with one for each connection\n"
                      "  vm.max_map_count allows 32,637 threads, which binds models with one for each connection\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("sudo sysctl -w kernel.pid_max=40600"), std::string::npos) << text;
  EXPECT_EQ(text.find("sysctl -w net.core.somaxconn"), std::string::npos) << "does not forbid 40,000: " << text;
}

TEST(doctor, json_has_the_same) {
  const fake_machine machine;
  const auto j = to_json(diagnose(machine.files(), 40000));
  EXPECT_EQ(j.at("connections").at("most"), 19936);
  EXPECT_EQ(j.at("threads").at("limit"), "kernel.pid_max");
  EXPECT_EQ(j.at("asked").at("fits"), false);
  EXPECT_EQ(j.at("asked").at("too_low").size(), 4U);
  for (const auto& l : j.at("limits")) {
    if (l.at("name") != "net.netfilter.nf_conntrack_max") continue;
    EXPECT_TRUE(l.at("value").is_null());
    EXPECT_TRUE(l.at("raise").is_null());
  }
  EXPECT_TRUE(to_json(diagnose(machine.files(), std::nullopt)).at("asked").is_null());
}

TEST(doctor, an_unreadable_machine_is_all_n_a) {
  const temporary_folder nothing;
  const auto d = diagnose(machine_files(nothing.path()), std::nullopt);
  EXPECT_NE(printed(d).find("\nconnections: n/a (no limit can be read)\nthreads: n/a"), std::string::npos);
  const auto j = to_json(d);
  EXPECT_TRUE(j.at("connections").is_null());
  for (const auto& fact : j.at("facts")) {
    const std::string name = fact.at("name");
    const bool of_files =
        name != "this program" && name != "libbenchmark" && name != "container" && name != "timer tick";
    EXPECT_EQ(fact.at("value").is_null(), of_files) << fact;
  }
}

TEST(doctor, on_this_machine_exit_codes_and_bad_input) {
  const auto j = doctor({"--json"});
  EXPECT_EQ(j.code, 0);
  EXPECT_GT(nlohmann::json::parse(j.out).at("connections").at("most").get<int>(), 0);
  EXPECT_EQ(doctor({"--connections", "1"}).code, 0);
  EXPECT_EQ(doctor({"--connections", "10000000"}).code, 1);
  for (const auto* wrong : {"0", "-1", "many", "10000001", "unlimited"})
    EXPECT_THROW(run({std::string("--connections=") + wrong}), bad_input) << wrong;
  EXPECT_THROW(run({"--conections", "1"}), bad_input);
}

TEST(host_state, warns_of_what_changes_figures) {
  const fake_machine machine;
  for (const auto& fact : read_host_facts(machine.files())) EXPECT_EQ(fact.warning, "") << fact.name;
  machine.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  machine.write("/sys/devices/system/cpu/smt/active", "1\n");
  machine.write("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
  machine.write("/proc/cpuinfo", "flags\t\t: fpu hypervisor lm\n");
  machine.write("/proc/self/status", "Cpus_allowed_list:\t3\n");
  for (const auto* name : {"CPU governor", "SMT", "transparent huge pages", "virtual machine", "cores"})
    EXPECT_NE(fact_of(machine.files(), name).warning, "") << name;
  EXPECT_EQ(fact_of(machine.files(), "cores").value, "1 allowed, 4 online");
  EXPECT_EQ(fact_of(machine.files(), "virtual machine").value, "yes");
}

TEST(host_state, a_quota_is_the_tightest_of_all_levels) {
  const fake_machine machine;
  EXPECT_EQ(fact_of(machine.files(), "CPU quota").value, "none");
  machine.write("/sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
  machine.write("/sys/fs/cgroup/user.slice/user-1000.slice/cpu.max", "max 100000\n");
  EXPECT_EQ(cpu_quota(machine.files()), 1.5);
  EXPECT_NE(fact_of(machine.files(), "CPU quota").warning, "");
}

TEST(host_state, mitigations_are_counted) {
  const fake_machine machine;
  const std::string folder = "/sys/devices/system/cpu/vulnerabilities/";
  machine.write(folder + "meltdown", "Mitigation: PTI\n");
  machine.write(folder + "mds", "Not affected\n");
  machine.write(folder + "retbleed", "Vulnerable\n");
  EXPECT_EQ(fact_of(machine.files(), "CPU mitigations").value,
            "1 on, 1 vulnerable of 3 (each makes system calls dearer)");
}

TEST(host_state, load_of_others_between_two_readings) {
  const cpu_ticks begin{100, 10, 1000}, end{160, 12, 1200};
  const auto load = load_between(begin, end, 4);
  ASSERT_TRUE(load);
  EXPECT_DOUBLE_EQ(load->busy, 4 * 60.0 / 200);
  EXPECT_DOUBLE_EQ(load->stolen, 4 * 2.0 / 200);
  EXPECT_NE(load_fact(load, "1.50 1 1 1/2 3").warning.find("host-busy"), std::string::npos);
  EXPECT_EQ(load_fact(load, "1.50 1 1 1/2 3").value, "1.20 cores busy, 0.04 stolen now; load average 1.50");
  EXPECT_EQ(load_fact(host_load{0.01, 0.0}, std::nullopt).warning, "");
  EXPECT_EQ(load_fact(host_load{1.2, 0.0, 16}, std::nullopt).warning, "") << "of 16 measured cores 1.6 may be used";
  EXPECT_FALSE(load_between(begin, begin, 4));
  EXPECT_FALSE(load_between(std::nullopt, end, 4));
}

}  // namespace
}  // namespace tvl::suite
