#include "clients/load/cluster/job_hosts.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace tvl::load {
namespace {

using names = std::vector<std::string>;

// An environment with a scontrol of its own.
class hosts_of_this_job_test : public testing::Test {
 protected:
  hosts_of_this_job_test() {
    std::filesystem::create_directories(folder_);
    ::setenv("PATH", (folder_.string() + ":" + path_).c_str(), 1);
    ::unsetenv("SLURM_JOB_NODELIST");
    ::unsetenv("PBS_NODEFILE");
  }
  ~hosts_of_this_job_test() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("SLURM_JOB_NODELIST");
    ::unsetenv("PBS_NODEFILE");
    std::filesystem::remove_all(folder_);
  }
  std::string file(const std::string& name, const std::string& content) const {
    const auto path = folder_ / name;
    std::ofstream(path) << content;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  void slurm(const std::string& nodes, const std::string& scontrol) const {
    file("scontrol", "#!/bin/sh\n" + scontrol);
    ::setenv("SLURM_JOB_NODELIST", nodes.c_str(), 1);
  }
  static std::string refusal(const std::string& probe = "") {
    try {
      hosts_of_this_job("server", probe);
    } catch (const bad_plan& error) {
      return error.what();
    }
    return "none";
  }

 private:
  const std::string path_ = std::getenv("PATH");
  const std::filesystem::path folder_ = testing::TempDir() + "job-" + std::to_string(::getpid());
};

TEST_F(hosts_of_this_job_test, SlurmsAreTakenApartByScontrol) {
  slurm("load[1-3],server",
        "test \"$*\" = 'show hostnames load[1-3],server' && printf 'load1\\nload2\\nload3\\nserver\\n'");
  EXPECT_EQ(hosts_of_this_job("server", ""), (names{"load1", "load2", "load3"}));
  EXPECT_EQ(hosts_of_this_job("load2.cluster", "load3"), (names{"load1", "server"}));
}

TEST_F(hosts_of_this_job_test, ALineOfAPbsNodefileIsACoreOfAHost) {
  ::setenv("PBS_NODEFILE", file("nodes", "server.x\nserver.x\nb.x\nb.x\na.x\n").c_str(), 1);
  EXPECT_EQ(hosts_of_this_job("server", ""), (names{"b.x", "a.x"}));
}

TEST_F(hosts_of_this_job_test, WhatIsMissingIsSaid) {
  EXPECT_EQ(refusal(), "--hosts auto takes the hosts of a job: neither SLURM_JOB_NODELIST nor PBS_NODEFILE is set");
  slurm("$(reboot)", "echo \"Invalid hostlist: $3\" >&2; exit 1");
  EXPECT_EQ(refusal(), "--hosts auto: scontrol cannot tell the hosts of this Slurm job: 'Invalid hostlist: $(reboot)'");
  slurm("server,load1", "printf 'server\\nload1\\n'");
  EXPECT_EQ(refusal("load1"), "--hosts auto: the job has no host but this one and load1");
  slurm("server", "echo server");
  EXPECT_EQ(refusal(), "--hosts auto: the job has no host but this one");
  ::setenv("PBS_NODEFILE", "/nowhere/nodes", 1);
  EXPECT_EQ(refusal(), "--hosts auto: cannot read PBS_NODEFILE, which is '/nowhere/nodes'");
}

}  // namespace
}  // namespace tvl::load
