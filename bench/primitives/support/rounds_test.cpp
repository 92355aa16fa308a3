#include "bench/primitives/support/rounds.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace tvl::primitives {
namespace {

using list = std::vector<std::string>;
using counts = std::map<std::string, int>;

void nothing(benchmark::State&) {}

// Two rows that share their thread way, and two measurements that are in no row.
primitive tasks() {
  primitive p;
  p.row({.thread_way = "tasks/thread/spawn/10", .loop_way = "tasks/loop/asio/10"});
  p.row({.thread_way = "tasks/thread/spawn/10", .loop_way = "tasks/loop/queue/10"});
  p.add("tasks/loop/asio", nothing, {1, 10});
  p.add("tasks/loop/queue", nothing, {10});
  p.add("tasks/thread/spawn", nothing, {10, 1});
  return p;
}

primitive memory() {
  primitive p;
  p.steady = true;
  p.row({.thread_way = "memory/thread/stack/1", .loop_way = "memory/loop/asio/1"});
  p.add("memory/loop/asio", nothing);
  p.add("memory/thread/stack", nothing);
  return p;
}

list names(const std::vector<primitive>& all, int round, int rounds) {
  list found;
  for (const auto* m : round_of(all, round, rounds)) found.push_back(m->name());
  return found;
}

counts counted(const std::vector<primitive>& all, int rounds) {
  counts times;
  for (int round = 0; round < rounds; ++round)
    for (const auto& name : names(all, round, rounds)) ++times[name];
  return times;
}

TEST(rounds, the_ways_of_a_row_are_neighbours_and_the_rest_follows) {
  const list expected = {"tasks/thread/spawn/10", "tasks/loop/asio/10", "tasks/loop/queue/10", "tasks/loop/asio/1",
                         "tasks/thread/spawn/1"};
  EXPECT_EQ(names({tasks()}, 0, 1), expected);
}

TEST(rounds, every_second_round_goes_backwards) {
  const list second = {"tasks/loop/queue/10", "tasks/loop/asio/10", "tasks/thread/spawn/10"};
  EXPECT_EQ(names({memory(), tasks()}, 1, 15), second);
  const list fourth = {"memory/loop/asio/1", "memory/thread/stack/1"};
  EXPECT_EQ(names({memory()}, 3, 15), fourth);
}

TEST(rounds, all_of_them_measure_only_what_is_compared_and_varies) {
  const counts expected = {{"tasks/thread/spawn/10", 15}, {"tasks/loop/asio/10", 15},  {"tasks/loop/queue/10", 15},
                           {"tasks/loop/asio/1", 3},      {"tasks/thread/spawn/1", 3}, {"memory/loop/asio/1", 5},
                           {"memory/thread/stack/1", 5}};
  EXPECT_EQ(counted({memory(), tasks()}, 15), expected);
}

TEST(rounds, few_of_them_measure_everything) {
  for (const int rounds : {1, 2, 3})
    for (const auto& [name, times] : counted({memory(), tasks()}, rounds)) EXPECT_EQ(times, rounds) << name;
}

TEST(rounds, a_row_whose_benchmarks_are_too_large_for_quick_is_left_out) {
  primitive p;
  p.row({.thread_way = "gather/thread/async/1000", .loop_way = "gather/loop/group/1000"});
  p.add("gather/loop/group", nothing, {2});
  EXPECT_EQ(names({p}, 0, 1), list{"gather/loop/group/2"});
}

}  // namespace
}  // namespace tvl::primitives
