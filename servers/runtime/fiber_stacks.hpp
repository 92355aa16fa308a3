#pragma once
// Stack allocator for the fibers of one loop, with glibc's policy for thread stacks: mapped, a guard page below, up to
// 40 MiB of free stacks cached. So churn compares the models and not two ways to map memory.
//
// A stack takes its size in address space and two mappings (vm.max_map_count), but memory only for touched pages. The
// guard page also keeps neighbours from merging into a mapping that transparent huge pages could fill.

#include <boost/context/stack_context.hpp>

#include <cstddef>
#include <vector>

namespace tvl::runtime {

class fiber_stacks {
 public:
  static constexpr std::size_t cached_bytes = std::size_t{40} << 20;  // of free stacks; glibc's default

  // Stacks of `bytes`, rounded up to whole pages. Must outlive every stack.
  explicit fiber_stacks(std::size_t bytes);
  ~fiber_stacks();
  fiber_stacks(const fiber_stacks&) = delete;
  fiber_stacks& operator=(const fiber_stacks&) = delete;

  // Allocator for Boost.Context, which copies it. allocate() throws std::bad_alloc at the system's limit.
  class allocator {
   public:
    boost::context::stack_context allocate() { return stacks_->take(); }
    void deallocate(boost::context::stack_context& stack) { stacks_->give_back(stack.sp); }

   private:
    friend class fiber_stacks;
    explicit allocator(fiber_stacks& stacks) : stacks_(&stacks) {}
    fiber_stacks* stacks_;
  };
  allocator get_allocator() { return allocator(*this); }

 private:
  boost::context::stack_context take();
  void give_back(void* top) noexcept;
  void* map();
  [[noreturn]] void refuse(int error);
  void unmap(void* top) const noexcept;

  std::size_t page_, bytes_;
  std::vector<void*> free_;  // upper ends, where stacks begin
  bool refused_ = false;
};

}  // namespace tvl::runtime
