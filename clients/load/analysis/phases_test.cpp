#include "clients/load/analysis/phases.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

plan plan_with(std::vector<step> steps) {
  plan p;
  p.rate = 1000;
  p.connections = 8;
  p.seconds = 10;
  p.steps = std::move(steps);
  return p;
}

std::string message_of(const plan& p) {
  try {
    check_changes(p);
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "";
}

TEST(Changes, ThatMakeSenseAreTaken) {
  EXPECT_EQ(message_of(plan{}), "");
  EXPECT_EQ(message_of(plan_with({{2, 2000}, {4, 500}})), "");
  plan p = plan_with({{2, 2000}});
  p.storm_s = 2;
  EXPECT_EQ(message_of(p), "");
  p.storm_s.reset();
  p.rate = 0;
  p.steps.clear();
  p.late = {9.9, 100};
  EXPECT_EQ(message_of(p), "");
}

TEST(Changes, ThatMakeNoSenseAreRefused) {
  const auto storm = [](double at_s) {
    plan p;
    p.storm_s = at_s;
    return message_of(p);
  };
  EXPECT_EQ(message_of(plan_with({{4, 1}, {2, 1}})), "the steps at 4 s and 2 s are not in order");
  EXPECT_EQ(message_of(plan_with({{4, 1}, {4, 2}})), "the steps at 4 s and 4 s are not in order");
  EXPECT_EQ(message_of(plan_with({{0, 1}})), "the step at 0 s: not inside the window of 10 s");
  EXPECT_EQ(message_of(plan_with({{10, 1}})), "the step at 10 s: not inside the window of 10 s");
  EXPECT_EQ(message_of(plan_with({{NAN, 1}})), "the step at nan s: not inside the window of 10 s");
  EXPECT_EQ(message_of(plan_with({{2, 0}})), "the step at 2 s needs a rate above 0");
  EXPECT_EQ(message_of(plan_with({{2, NAN}})), "the step at 2 s needs a rate above 0");
  EXPECT_EQ(message_of(plan_with({{2, HUGE_VAL}})), "the step at 2 s needs a rate above 0");
  EXPECT_EQ(storm(-1), "the storm at -1 s: not inside the window of 5 s");
  EXPECT_EQ(storm(5), "the storm at 5 s: not inside the window of 5 s");
  plan p;
  p.steps = {{1, 100}};
  EXPECT_EQ(message_of(p), "steps change a rate: they need an open loop");
  p.steps.clear();
  p.late = {6, 1};
  EXPECT_EQ(message_of(p), "the late connections at 6 s: not inside the window of 5 s");
  p.late = {1, -1};
  EXPECT_EQ(message_of(p), "late connections: fewer than none");
  p.storm_s = 1;
  EXPECT_EQ(message_of(p), "a storm and late connections do not go together");
  p = plan_with({});
  for (int i = 1; i <= 101; ++i) p.steps.push_back({i * 0.05, 100});
  EXPECT_EQ(message_of(p), "more than 100 changes inside one window");
}

TEST(Phases, NothingChangesNothingIsKept) {
  const phase_record r((plan()));
  EXPECT_FALSE(r.kept());
  EXPECT_TRUE(r.phases(plan(), 5).empty());
  EXPECT_FALSE(r.response_recovery_s(5));
}

TEST(Phases, ARequestBelongsToWhereItFellDueAReplyToWhereItArrived) {
  const plan p = plan_with({{2, 2000}, {4, 500}});
  phase_record r(p);
  r.ok(0, 1);  // forgotten: before the window
  const std::int64_t begin = 100 * one_second;
  r.begin(begin);
  r.fell_due(begin - 1);  // carried in
  r.fell_due(begin + 2 * one_second - 1);
  r.fell_due(begin + 2 * one_second, 3);
  r.fell_due(begin + 9 * one_second);
  r.ok(begin - 1, begin + 1);
  r.ok(begin + 2 * one_second - 1, begin + 2 * one_second + 7 * one_millisecond);
  r.failed(begin + 2 * one_second, begin + 2 * one_second + 9 * one_millisecond);
  r.ok(begin + 2 * one_second, begin + 5 * one_second);
  r.unanswered(begin + 2 * one_second, begin + 10 * one_second);
  r.ok(begin + 9 * one_second, begin + 9 * one_second + one_millisecond);

  const auto all = r.phases(p, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].begin_s, 0);
  EXPECT_EQ(all[0].end_s, 2);
  EXPECT_EQ(all[1].end_s, 4);
  EXPECT_EQ(all[2].begin_s, 4);
  EXPECT_EQ(all[2].end_s, 10);
  EXPECT_EQ(all[0].rate, 1000);
  EXPECT_EQ(all[1].rate, 2000);
  EXPECT_EQ(all[2].rate, 500);
  EXPECT_EQ(all[0].scheduled, 2u);
  EXPECT_EQ(all[1].scheduled, 3u);
  EXPECT_EQ(all[2].scheduled, 1u);
  EXPECT_EQ(all[0].ok, 2u);
  EXPECT_EQ(all[1].ok, 1u);
  EXPECT_EQ(all[1].errors, 1u);
  EXPECT_EQ(all[1].unanswered, 1u);
  EXPECT_EQ(all[0].goodput, 0.5);  // one of its two replies arrived in the next
  EXPECT_EQ(all[1].goodput, 0.5);
  EXPECT_DOUBLE_EQ(all[2].goodput.value(), 2.0 / 6);
  EXPECT_EQ(all[0].response.max(), 7 * one_millisecond + 1);
  EXPECT_NEAR(static_cast<double>(all[1].response.max().value()), 8e9, 8e6);  // the one without a reply has waited
  EXPECT_EQ(all[1].response.count(), 3u);
}

TEST(Phases, EndWithTheWindow) {
  const plan p = plan_with({{2, 2000}, {4, 500}});
  phase_record r(p);
  r.begin(0);
  r.ok(2 * one_second, 2 * one_second + one_millisecond);
  const auto all = r.phases(p, 2.5);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].end_s, 2.5);
  EXPECT_EQ(all[1].goodput, 2);
  EXPECT_EQ(r.phases(p, 2).size(), 1u);
  EXPECT_TRUE(r.phases(p, 0).empty());
}

TEST(Phases, CountTheLateConnectionsFromTheirComing) {
  plan p;
  p.connections = 8;
  p.late = {1, 100};
  const auto late = phase_record(p).phases(p, 5);
  ASSERT_EQ(late.size(), 2u);
  EXPECT_FALSE(late[0].rate);
  EXPECT_EQ(late[0].connections, 8);
  EXPECT_EQ(late[1].connections, 108);
  EXPECT_EQ(late[0].goodput, 0);
  p.late.reset();
  p.storm_s = 1;
  const auto storm = phase_record(p).phases(p, 5);
  EXPECT_EQ(storm[1].connections, 8);
}

TEST(Phases, ChangesAtTheSameMomentAreOne) {
  plan p = plan_with({{2, 2000}, {4, 500}});
  p.storm_s = 4;
  EXPECT_EQ(phase_record(p).phases(p, 10).size(), 3u);
  p.storm_s = 3;
  EXPECT_EQ(phase_record(p).phases(p, 10).size(), 4u);
}

TEST(Phases, OfSeveralThreadsAddUp) {
  const plan p = plan_with({{2, 2000}});
  phase_record all;
  for (int thread = 1; thread <= 2; ++thread) {
    phase_record r(p);
    r.begin(0);
    r.fell_due(1);
    r.fell_due(3 * one_second, 3);
    r.ok(1, 1 + thread * one_millisecond);
    r.ok(3 * one_second, 3 * one_second + one_millisecond);
    r.failed(3 * one_second, 3 * one_second + one_millisecond);
    r.unanswered(3 * one_second, 10 * one_second);
    all.merge(r);
  }
  const auto merged = all.phases(p, 10);
  EXPECT_EQ(merged[0].scheduled, 2u);
  EXPECT_EQ(merged[0].response.max(), 2 * one_millisecond);
  EXPECT_EQ(merged[1].scheduled, 6u);
  EXPECT_EQ(merged[1].ok, 2u);
  EXPECT_EQ(merged[1].errors, 2u);
  EXPECT_EQ(merged[1].unanswered, 2u);
  EXPECT_EQ(merged[0].goodput, 1);
}

TEST(Phases, RecoveryNeedsAPercentileOfBefore) {
  const plan p = plan_with({{5, 2000}});
  for (const int samples : {999, 1000}) {
    phase_record r(p);
    r.begin(0);
    for (int i = 0; i < samples; ++i) r.ok(i * one_millisecond, i * one_millisecond + one_millisecond);
    for (int i = 0; i < 5000; ++i)
      r.ok(5 * one_second + i * one_millisecond,
           5 * one_second + i * one_millisecond + (i < 700 ? 50 : 1) * one_millisecond);
    if (samples == 999) {
      EXPECT_FALSE(r.response_recovery_s(10));
    } else {
      EXPECT_DOUBLE_EQ(r.response_recovery_s(10).value(), 0.7);
    }
  }
}

}  // namespace
}  // namespace tvl::load
