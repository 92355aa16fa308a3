#include "clients/load/meter/process_tree.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

TEST(ProcField, FindsWholeKeysAtTheStartOfALine) {
  const std::string text = "SwapPss:  9 kB\nPss_Dirty:  8 kB\nPss:      7 kB\nnonvoluntary_ctxt_switches:\t6\n";
  EXPECT_EQ(proc_field(text, "Pss"), 7u);
  EXPECT_EQ(proc_field(text, "nonvoluntary_ctxt_switches"), 6u);
  EXPECT_EQ(proc_field("nr_switches  :  5\nse.nr_migrations    :   3\n", "se.nr_migrations"), 3u);
  EXPECT_FALSE(proc_field(text, "voluntary_ctxt_switches"));
  EXPECT_FALSE(proc_field("", "Pss"));
  EXPECT_FALSE(proc_field("Pss:\nRss: 3\n", "Pss"));
}

pid_t waiting_child() {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  for (;;) pause();
}

void end(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

std::vector<pid_t> pids_of(const std::vector<pid_t>& roots) {
  std::vector<pid_t> pids;
  for (const auto& p : process_trees(roots)) pids.push_back(p.pid);
  return pids;
}

TEST(ProcessTrees, BeginWithTheRootsAndNeedTheFirst) {
  const pid_t one = waiting_child(), two = waiting_child();
  EXPECT_EQ(pids_of({two, one}), (std::vector{two, one}));
  end(one);
  EXPECT_EQ(pids_of({two, one}), std::vector{two});
  EXPECT_TRUE(pids_of({one, two}).empty());
  end(two);
}

}  // namespace
}  // namespace tvl::load
