#include "clients/load/search/knee.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <stdexcept>
#include <vector>

namespace tvl::load {
namespace {

using outcome = knee_result::outcome;

observation good(double load) { return {.load = load, .met = true, .valid = true, .limiter = "none"}; }
observation slow(double load) { return {.load = load, .met = false, .valid = true, .limiter = "server-cpu"}; }

// A simulated system: the test decides whether it meets the SLO.
using serves = std::function<bool(const trial&)>;

struct search {
  std::vector<trial> trials;
  knee_result found;

  search(const knee_plan& plan, const serves& system) {
    knee k(plan);
    while (const auto t = k.next()) {
      trials.push_back(*t);
      EXPECT_GE(t->load, plan.lowest);
      EXPECT_LE(t->load, plan.highest);
      EXPECT_EQ(t->seconds, t->confirmation ? plan.confirm_s : plan.search_s);
      if (plan.whole) {
        EXPECT_EQ(t->load, std::floor(t->load));
      }
      if (trials.size() > k.most_trials()) throw std::runtime_error("the search does not end");
      k.tell(system(*t) ? good(t->load) : slow(t->load));
    }
    found = k.result();
  }
  std::size_t confirmations() const {
    return static_cast<std::size_t>(std::ranges::count(trials, true, &trial::confirmation));
  }
};

void expect_bracket(const knee_result& r, double knee_at, double precision) {
  ASSERT_EQ(r.kind, outcome::bracketed);
  EXPECT_LE(*r.highest_confirmed, knee_at);
  EXPECT_GE(*r.lowest_failed, knee_at);
  EXPECT_LE(*r.lowest_failed / *r.highest_confirmed, 1 + precision + 1e-9);
}

serves sharp(double knee_at) {
  return [=](const trial& t) { return t.load <= knee_at; };
}

TEST(Knee, BracketsASharpKneeWherever) {
  for (const double knee_at : {1.0, 1.7, 99.0, 12'345.6, 654'321.0, 999'999.0}) {
    const search s({}, sharp(knee_at));
    expect_bracket(s.found, knee_at, 0.05);
    EXPECT_EQ(s.found.limiter, "server-cpu");
    EXPECT_EQ(s.confirmations(), 1u);
    EXPECT_TRUE(s.trials.back().confirmation);
    EXPECT_EQ(s.trials.back().load, s.found.highest_confirmed);
  }
}

TEST(Knee, ClimbsThenBisectsThenConfirms) {
  const search s({.lowest = 100, .highest = 10'000, .precision = 0.3}, sharp(300));
  std::vector<double> loads;
  for (const auto& t : s.trials) loads.push_back(std::round(t.load));
  EXPECT_EQ(loads, (std::vector<double>{100, 200, 400, 400, 283, 336, 336, 283}));
}

TEST(Knee, PrecisionIsAChoice) {
  for (const double precision : {0.5, 0.1, 0.01, 0.001})
    expect_bracket(search({.precision = precision}, sharp(5000)).found, 5000, precision);
}

TEST(Knee, BracketsConnectionsToTheLastOne) {
  for (double knee_at = 1; knee_at <= 40; ++knee_at) {
    const auto found = search({.lowest = 1, .highest = 20'000, .whole = true}, sharp(knee_at)).found;
    ASSERT_EQ(found.kind, outcome::bracketed);
    const double width = *found.lowest_failed - *found.highest_confirmed;
    EXPECT_LE(*found.highest_confirmed, knee_at);
    EXPECT_GT(*found.lowest_failed, knee_at);
    EXPECT_TRUE(width <= 1 || width <= 0.05 * *found.highest_confirmed) << knee_at;
  }
}

// Response times of M/M/1 are exponential with the rate mu - lambda.
TEST(Knee, FindsWhereALatencyCurveCrossesTheObjective) {
  constexpr double mu = 10'000, p99_s = 0.010;
  const double knee_at = mu - std::log(100.0) / p99_s;
  const search s({.lowest = 100},
                 [&](const trial& t) { return t.load < mu && std::log(100.0) / (mu - t.load) <= p99_s; });
  expect_bracket(s.found, knee_at, 0.05);
}

// The measured latency has an error of a few percent, less in the longer confirmation.
TEST(Knee, EndsNearTheKneeInSpiteOfNoise) {
  constexpr double knee_at = 9000;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> noise(0, 0.05);
    const search s({.lowest = 100}, [&](const trial& t) {
      return t.load * (1 + noise(random) * (t.confirmation ? 0.5 : 1)) <= knee_at;
    });
    ASSERT_EQ(s.found.kind, outcome::bracketed) << seed;
    EXPECT_NEAR(*s.found.highest_confirmed, knee_at, 0.2 * knee_at) << seed;
    EXPECT_LE(*s.found.lowest_failed / *s.found.highest_confirmed, 1.05 + 1e-9) << seed;
  }
}

TEST(Knee, ASingleFailureIsRetried) {
  for (std::size_t unlucky = 0; unlucky < 24;
       ++unlucky) {  // with no luck in the 19 trials of a lucky search, and later
    std::size_t n = 0;
    const search s({.lowest = 100}, [&](const trial& t) { return n++ != unlucky && t.load <= 3000; });
    expect_bracket(s.found, 3000, 0.05);
  }
}

TEST(Knee, NeverMetEndsAtTheLowest) {
  const search s({.lowest = 100}, [](const trial&) { return false; });
  EXPECT_EQ(s.found.kind, outcome::not_met_at_lowest);
  EXPECT_FALSE(s.found.highest_confirmed);
  EXPECT_EQ(s.found.lowest_failed, 100);
  EXPECT_EQ(s.found.limiter, "server-cpu");
  EXPECT_EQ(s.trials.size(), 2u);
}

TEST(Knee, MetEverywhereEndsAtTheHighest) {
  const search s({.lowest = 100, .highest = 5000}, [](const trial&) { return true; });
  EXPECT_EQ(s.found.kind, outcome::met_up_to_highest);
  EXPECT_EQ(s.found.highest_confirmed, 5000);
  EXPECT_FALSE(s.found.lowest_failed);
  EXPECT_EQ(s.found.limiter, "none");
  EXPECT_EQ(s.trials.size(), 8u);  // 100, 200, .. 3200, 5000, and 5000 confirmed
}

TEST(Knee, ARangeOfOneLoadIsOneStep) {
  const search yes({.lowest = 7, .highest = 7}, sharp(8)), no({.lowest = 7, .highest = 7}, sharp(6));
  EXPECT_EQ(yes.found.kind, outcome::met_up_to_highest);
  EXPECT_EQ(yes.trials.size(), 2u);
  EXPECT_EQ(no.found.kind, outcome::not_met_at_lowest);
  EXPECT_EQ(no.trials.size(), 2u);
}

// Only the longer run shows that the server keeps up for three seconds at most.
TEST(Knee, StepsDownWhenTheConfirmationFails) {
  for (const bool whole : {false, true}) {
    const search s({.lowest = 100, .whole = whole},
                   [](const trial& t) { return t.load <= (t.confirmation ? 5000 : 9000); });
    expect_bracket(s.found, 5000, 0.05);
    EXPECT_GE(s.confirmations(), 3u);
    EXPECT_TRUE(s.trials.back().confirmation);
  }
}

TEST(Knee, StepsDownFromTheHighestToo) {
  const search s({.lowest = 100, .highest = 1000}, [](const trial& t) { return !t.confirmation || t.load <= 980; });
  expect_bracket(s.found, 980, 0.05);
}

TEST(Knee, ConfirmationsThatFlapStillEndInABracket) {
  int n = 0;
  const search s({.lowest = 100}, [&](const trial& t) { return t.confirmation ? n++ % 3 == 2 : t.load <= 1000; });
  ASSERT_EQ(s.found.kind, outcome::bracketed);
  EXPECT_EQ(s.confirmations(), 3u);  // failed twice, stepped down by the precision, held
  EXPECT_LE(*s.found.lowest_failed / *s.found.highest_confirmed, 1.05 + 1e-9);
}

TEST(Knee, ConfirmationsThatNeverHoldEndAtTheLowest) {
  for (const bool whole : {false, true}) {
    const search s({.lowest = 10, .whole = whole}, [](const trial& t) { return !t.confirmation; });
    EXPECT_EQ(s.found.kind, outcome::not_met_at_lowest);
    EXPECT_EQ(s.found.lowest_failed, 10);
    EXPECT_LE(s.confirmations(), 24u);  // 1, 2, 4, .. steps of 5 % from a million down to ten, each twice
  }
}

TEST(Knee, NeverTakesMoreThanMostTrials) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    std::mt19937_64 random(seed);
    const auto between = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
    knee_plan plan{.whole = seed % 2 == 0, .growth = between(1.2, 4), .precision = std::exp(between(-5, -1))};
    plan.lowest = std::floor(std::exp(between(0, 5)));
    plan.highest = std::floor(plan.lowest * std::exp(between(0, 10)));
    const double luck = between(0.1, 0.95);
    // Its constructor throws when the search takes longer than most_trials().
    EXPECT_NO_THROW(search(plan, [&](const trial&) { return between(0, 1) < luck; })) << seed;
  }
}

TEST(Knee, TheDefaultSearchIsShort) {
  EXPECT_LE(knee({.lowest = 100, .highest = 200'000}).most_trials(), 70u);
  EXPECT_LE(search({.lowest = 100, .highest = 200'000}, sharp(70'000)).trials.size(), 20u);
}

TEST(Knee, AnInvalidPointIsAFailedOneAndSaysWhy) {
  knee k({.lowest = 100, .highest = 1000});
  for (int i = 0; i < 2; ++i) k.tell({.load = 100, .met = true, .valid = false, .limiter = "generator"});
  EXPECT_EQ(k.result().kind, outcome::not_met_at_lowest);
  EXPECT_EQ(k.result().limiter, "generator");
}

TEST(Knee, WhatOnlyMissedItsObjectiveIsLimitedByIt) {
  knee k({.lowest = 100, .highest = 1000});
  for (int i = 0; i < 2; ++i) k.tell({.load = 100, .met = false, .valid = true, .limiter = "none"});
  EXPECT_EQ(k.result().limiter, "slo");
}

TEST(Knee, TheLimiterIsThatOfTheLowestFailure) {
  const auto run = [](const char* above, const char* below) {
    knee k({.lowest = 100});
    while (const auto t = k.next())
      k.tell({.load = t->load, .met = t->load <= 500, .valid = true, .limiter = t->load > 700 ? above : below});
    return k.result().limiter;
  };
  EXPECT_EQ(run("errors", "server-cpu"), "server-cpu");
}

TEST(Knee, RefusesInvalidLimits) {
  for (const knee_plan& bad : {knee_plan{.lowest = 0}, knee_plan{.lowest = -1}, knee_plan{.lowest = 10, .highest = 9},
                               knee_plan{.highest = INFINITY}, knee_plan{.lowest = NAN}, knee_plan{.growth = 1},
                               knee_plan{.precision = 0}, knee_plan{.lowest = 1.5, .whole = true}})
    EXPECT_THROW(knee{bad}, bad_plan);
}

TEST(Knee, RefusesCallsOutOfOrder) {
  knee k({.lowest = 100, .highest = 100});
  EXPECT_THROW(k.tell(good(50)), std::logic_error);
  EXPECT_THROW(k.result(), std::logic_error);
  k.tell(good(100));
  k.tell(good(100));
  EXPECT_FALSE(k.next());
  EXPECT_THROW(k.tell(good(100)), std::logic_error);
}

}  // namespace
}  // namespace tvl::load
