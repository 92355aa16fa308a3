#include "clients/load/selftest/selftest.hpp"

#include <gtest/gtest.h>

namespace {

using namespace tvl::load;
using enum finding::outcome;

attempt tried(finding::outcome result, double others) { return {{"", "", result}, others}; }

TEST(Selftest, WhatFailsTwiceOnAQuietMachineFails) {
  EXPECT_EQ(outcome_of({tried(fail, 0), tried(fail, 0.05)}), "FAIL, twice");
}

TEST(Selftest, WhatFailsBesideABusyNeighbourIsNotProven) {
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(fail, 1.25)}), "NOT PROVEN: others used 1.25 cores");
}

TEST(Selftest, OneFailureOnAQuietMachineIsEnough) {
  EXPECT_EQ(outcome_of({tried(fail, 0.01), tried(fail, 1.3)}), "FAIL, twice");
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(fail, 0.01)}), "FAIL, twice");
}

TEST(Selftest, NoNeighbourExcusesASumThatIsNotExact) { EXPECT_EQ(outcome_of({tried(wrong, 1.3)}), "FAIL"); }

TEST(Selftest, WhatPassesPasses) {
  EXPECT_EQ(outcome_of({tried(pass, 1.3)}), "pass");
  EXPECT_EQ(outcome_of({tried(fail, 1.3), tried(pass, 0)}), "pass, second attempt");
}

TEST(Selftest, AFloorSaysWhoWasThere) {
  EXPECT_EQ(outcome_of({tried(floor, 0)}), "floor");
  EXPECT_EQ(outcome_of({tried(floor, 0.5)}), "floor; others used 0.50 cores");
}

}  // namespace
