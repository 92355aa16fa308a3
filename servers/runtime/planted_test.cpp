#include "servers/runtime/planted.hpp"

#include "servers/handler/planted.hpp"
#include "servers/handler/routes.hpp"

#include <gtest/gtest.h>

namespace tvl::runtime {
namespace {

using boost::beast::http::verb;

TEST(planted, nothing_is_the_rule) { EXPECT_EQ(handler::planted_rounds, 0u); }

TEST(planted, ten_times_as_much_takes_some_times_the_rounds) {
  plant(1000);
  const auto once = handler::planted_rounds;
  plant(10'000);
  const auto ten_times = handler::planted_rounds;
  plant(0);
  EXPECT_GT(once, 10u) << "no round takes 100 ns";
  EXPECT_GT(ten_times, 2 * once) << "unless the core became five times as slow meanwhile";
  EXPECT_EQ(handler::planted_rounds, 0u);
}

TEST(planted, requests_mean_what_they_meant) {
  plant(1000);
  const auto found = handler::find_route(verb::get, "/json");
  plant(0);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.what, handler::route::content::json);
}

}  // namespace
}  // namespace tvl::runtime
