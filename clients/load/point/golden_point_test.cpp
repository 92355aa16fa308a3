// The JSON of a point and of a plan, byte for byte: readers of committed results rely on it.

#include "clients/load/point/golden_point.hpp"

#include "clients/load/plan/plan_serialization.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;

// Tests run in the folder of the sources.
std::string golden_file(const std::string& name) {
  std::ifstream file("clients/load/point/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Golden, APoint) { EXPECT_EQ(json(golden_point()).dump(1) + "\n", golden_file("golden_point.json")); }

TEST(Golden, AnEmptyPoint) { EXPECT_EQ(json(point{}).dump(1) + "\n", golden_file("golden_empty_point.json")); }

TEST(Golden, APlanOnItsWayToAGeneratorProcess) {
  EXPECT_EQ(json::from_cbor(pack(golden_plan())).dump(1) + "\n", golden_file("golden_plan.json"));
}

}  // namespace
}  // namespace tvl::load
