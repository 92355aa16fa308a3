#include "clients/load/meter/metered_processes.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

using pids = std::vector<pid_t>;

process one(pid_t pid, pid_t parent, char state = 'S') {
  process p;
  p.pid = pid;
  p.parent = parent;
  p.state = state;
  return p;
}

TEST(MeteredProcesses, AServerWithoutALauncherIsItsTree) {
  const auto found = without_launchers({one(10, 1), one(11, 10), one(12, 10)}, {10, 11, 12});
  EXPECT_EQ(found.roots, pids{10});
  EXPECT_TRUE(found.launchers.empty());
}

TEST(MeteredProcesses, WhatStaysAboveTheListenerIsALauncher) {
  // npm, sh, node, and a worker of node
  const auto found = without_launchers({one(10, 1), one(11, 10), one(12, 11), one(13, 12)}, {12});
  EXPECT_EQ(found.roots, pids{12});
  EXPECT_EQ(found.launchers, (pids{10, 11}));
}

TEST(MeteredProcesses, TheParentOfSeveralListenersIsPartOfTheServer) {
  const auto found = without_launchers({one(10, 1), one(11, 10), one(12, 11), one(13, 11)}, {12, 13});
  EXPECT_EQ(found.roots, pids{11});
  EXPECT_EQ(found.launchers, pids{10});
}

TEST(MeteredProcesses, ABackEndBesideTheListenerIsPartOfTheServer) {
  // sh starts php-fpm, which has a worker, and nginx; a helper has ended
  const auto found = without_launchers({one(10, 1), one(11, 10), one(12, 10), one(13, 11), one(14, 10, 'Z')}, {12});
  EXPECT_EQ(found.roots, (pids{12, 11})) << "first the one that listens";
  EXPECT_EQ(found.launchers, pids{10});
}

TEST(MeteredProcesses, DaemonsHaveNoCommonRoot) {
  const auto found = without_launchers({one(20, 1), one(21, 20), one(30, 1)}, {21, 30});
  EXPECT_EQ(found.roots, (pids{20, 30}));
  EXPECT_TRUE(found.launchers.empty());
}

TEST(MeteredProcesses, TopsAreInNoOthersTree) {
  const std::vector<process> all = {one(1, 0), one(10, 1), one(11, 10), one(12, 11), one(20, 1)};
  EXPECT_EQ(tops(all, {10, 12, 20}), (pids{10, 20}));
  EXPECT_EQ(tops(all, {12, 11}), pids{11});
  EXPECT_TRUE(tops(all, {99}).empty()) << "it has ended";
}

}  // namespace
}  // namespace tvl::load
