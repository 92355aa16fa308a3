#include "clients/load/selftest/selftest.hpp"

#include <gtest/gtest.h>

namespace {

using namespace tvl::load;
using enum finding::outcome;

test_attempt tried(finding::outcome result, double others) { return {{"", "", result}, others}; }

TEST(Selftest, TwoFailuresOnAQuietMachineFail) {
  EXPECT_EQ(outcome_of({tried(fail, 0), tried(fail, 0.05)}), "FAIL, twice");
}

TEST(Selftest, TwoFailuresBesideABusyNeighbourAreNotProven) {
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(fail, 1.25)}), "NOT PROVEN: other processes used 1.25 cores");
}

TEST(Selftest, OneFailureOnAQuietMachineIsEnough) {
  EXPECT_EQ(outcome_of({tried(fail, 0.01), tried(fail, 1.3)}), "FAIL, twice");
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(fail, 0.01)}), "FAIL, twice");
}

TEST(Selftest, AFloorMeasuredBesideABusyNeighbourProvesNothing) {
  EXPECT_EQ(outcome_of({tried(fail, 0), tried(fail, 0)}, 1.3), "NOT PROVEN: other processes used 1.30 cores");
  EXPECT_EQ(outcome_of({tried(pass, 0)}, 1.3), "pass");
}

TEST(Selftest, AWrongSumFailsBesideABusyNeighbour) { EXPECT_EQ(outcome_of({tried(wrong, 1.3)}), "FAIL"); }

TEST(Selftest, APassInEitherAttemptPasses) {
  EXPECT_EQ(outcome_of({tried(pass, 1.3)}), "pass");
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(pass, 0)}), "pass, second attempt");
}

TEST(Selftest, AFloorNamesInterference) {
  EXPECT_EQ(outcome_of({tried(floor, 0)}), "floor");
  EXPECT_EQ(outcome_of({tried(floor, 0.5)}), "floor; other processes used 0.50 cores");
}

}  // namespace
