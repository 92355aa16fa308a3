// The JSON of a room's result, byte for byte.

#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/point/golden_point.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace tvl::load {
namespace {

room_result golden_room() {
  room_result r;
  r.asked = golden_plan();
  r.started = "2026-01-31T12:00:00Z";
  r.window_s = 2.5;
  r.members = {1, 2, 3, 4, 5};
  r.messages = {6, 7, 8};
  r.deliveries = {9, 10, 11, 12, 13, 14};
  r.reach = 0.5;
  r.sender_included = true;
  r.delivery = golden_histogram(100);
  r.lag = golden_histogram(200);
  r.generator_cpu_share = 0.25;
  r.server = golden_point().server;
  r.server_cpu_us_per_delivery = 16.5;
  r.host = golden_point().host;
  return r;
}

// Tests run in the folder of the sources.
TEST(Golden, ARoom) {
  std::ifstream file("clients/load/broadcast/golden_room.json");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(room_point(golden_room()).dump(1) + "\n", text.str());
}

}  // namespace
}  // namespace tvl::load
