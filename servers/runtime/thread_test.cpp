#include "servers/runtime/thread.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace tvl::runtime {
namespace {

TEST(start_thread, says_once_that_no_further_thread_can_be_had) {
  constexpr std::size_t more_than_any_address_space = std::size_t{1} << 60;
  bool ran = false;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(start_thread(more_than_any_address_space, [&ran] { ran = true; }));
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_FALSE(ran);
  EXPECT_NE(said.find(": cannot start a thread for a connection: "), said.npos) << said;
  EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
}

}  // namespace
}  // namespace tvl::runtime
