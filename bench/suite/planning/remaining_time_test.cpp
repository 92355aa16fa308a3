#include "bench/suite/planning/remaining_time.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tvl::suite {
namespace {

TEST(time_left, is_the_plan_and_what_was_learned_of_each_contestant) {
  time_left left({{"w", "a", 4}, {"w", "b", 4}, {"w", "a", 4}, {"w", "b", 4}, {"w", "a", 4}, {"w", "b", 4}});
  EXPECT_DOUBLE_EQ(left.seconds(), 6 * 4 + 2 * 1 + 4 * 0.18);
  left.finished(6);  // the first of a
  EXPECT_DOUBLE_EQ(left.seconds(), 5 * 4 + 2 + 4 * 0.18) << "the first of b costs as much, as far as is known";
  left.finished(9);  // the first of b
  left.finished(4.5);
  EXPECT_DOUBLE_EQ(left.seconds(), 3 * 4 + 3 * 0.5);
  left.finished(5.5);
  EXPECT_DOUBLE_EQ(left.seconds(), 2 * 4 + 0.5 + 1.5);
  left.skipped();
  EXPECT_DOUBLE_EQ(left.seconds(), 4 + 1.5);
  left.finished(5.5);
  EXPECT_EQ(left.seconds(), 0);
}

TEST(time_left, of_a_row_that_is_measured_again_includes_it_again) {
  time_left left({{"w", "a", 4}, {"w", "b", 4}, {"w", "a", 4}, {"w", "b", 4}});
  left.finished(5);
  left.skipped();
  left.again(2);
  EXPECT_DOUBLE_EQ(left.seconds(), 4 * 4 + 2 * 1 + 2 * 0.18);
  left.finished(5);
  left.finished(5);
  EXPECT_DOUBLE_EQ(left.seconds(), 2 * 4 + 2 * 0.18);
}

// Like recorded runs: contestants differ by more than the same one does from round to round.
class simulated_run {
 public:
  explicit simulated_run(unsigned seed) : random_(seed) {
    const std::pair<const char*, double> field[] = {{"loop", 0.2}, {"threads", 0.5}, {"node", 1.1}, {"apache", 2.4}};
    for (const auto* workload : {"churn", "connections", "delay", "models"}) {
      const double load_s = workload == std::string("models") ? 1.3 : 2;
      for (int group = 0; group < 30; ++group) {
        for (const auto& [name, overhead] : field) {
          planned.push_back({workload, name, load_s});
          const double once = group == 0 ? 3 * spread() : 0;
          took.push_back(load_s + overhead * spread() + once);
        }
      }
    }
  }

  std::vector<planned_round> planned;
  std::vector<double> took;

 private:
  double spread() { return std::exp(std::normal_distribution<>(0, 0.4)(random_)); }
  std::mt19937_64 random_;
};

TEST(time_left, is_right_within_a_fifth_after_the_first_tenth) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const simulated_run run(seed);
    time_left left(run.planned);
    double rest = 0;
    for (const double s : run.took) rest += s;
    for (std::size_t i = 0; i + 1 < run.took.size(); ++i) {
      left.finished(run.took[i]);
      rest -= run.took[i];
      const bool begun = i + 1 >= run.took.size() / 10, ending = rest < 25;  // single rounds decide
      if (begun && !ending) {
        EXPECT_NEAR(left.seconds(), rest, 0.2 * rest) << "after " << i + 1 << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace tvl::suite
