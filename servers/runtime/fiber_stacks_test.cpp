#include "servers/runtime/fiber_stacks.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace tvl::runtime {
namespace {

constexpr std::size_t size = 64u << 10;

// Whether the bytes below a stack's upper end are mapped.
bool mapped(void* top) {
  unsigned char resident = 0;
  return ::mincore(static_cast<char*>(top) - 4096, 4096, &resident) == 0 || errno != ENOMEM;
}

TEST(FiberStacks, AllOfItIsThere) {
  fiber_stacks stacks(size - 1);
  auto stack = stacks.get_allocator().allocate();
  ASSERT_EQ(stack.size, size);
  std::memset(static_cast<char*>(stack.sp) - size, 1, size);
  stacks.get_allocator().deallocate(stack);
}

TEST(FiberStacks, OneThatWasGivenBackIsTheNext) {
  fiber_stacks stacks(size);
  auto allocator = stacks.get_allocator();
  auto first = allocator.allocate();
  auto second = allocator.allocate();
  EXPECT_NE(first.sp, second.sp);
  void* const used = first.sp;
  allocator.deallocate(first);
  auto third = allocator.allocate();
  EXPECT_EQ(third.sp, used);
  allocator.deallocate(second);
  allocator.deallocate(third);
}

TEST(FiberStacks, BelowItIsAGuard) {
  fiber_stacks stacks(size);
  auto stack = stacks.get_allocator().allocate();
  volatile char* const below = static_cast<char*>(stack.sp) - size - 1;
  EXPECT_DEATH(*below = 1, "");
  stacks.get_allocator().deallocate(stack);
}

TEST(FiberStacks, KeepsSomeFreeOnesAndNoMore) {
  std::vector<boost::context::stack_context> all;
  {
    fiber_stacks stacks(size);
    for (std::size_t i = 0; i < fiber_stacks::cached_bytes / size + 1; ++i)
      all.push_back(stacks.get_allocator().allocate());
    for (auto stack : all) stacks.get_allocator().deallocate(stack);
    EXPECT_TRUE(mapped(all.front().sp));
    EXPECT_FALSE(mapped(all.back().sp));
  }
  EXPECT_FALSE(mapped(all.front().sp));
}

TEST(FiberStacks, NoRoomIsAnExceptionAndOneLine) {
  fiber_stacks stacks(std::size_t{1} << 47);  // more than the address space
  testing::internal::CaptureStderr();
  EXPECT_THROW(stacks.get_allocator().allocate(), std::bad_alloc);
  EXPECT_THROW(stacks.get_allocator().allocate(), std::bad_alloc);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("no stack for a further fiber"), std::string::npos) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

}  // namespace
}  // namespace tvl::runtime
