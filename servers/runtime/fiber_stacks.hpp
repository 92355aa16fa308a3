#pragma once
// Stacks for the fibers of one loop, kept as glibc keeps those of threads: mapped, with a guard page below, and cached
// up to 40 MiB when their owner has ended. So what churn compares is the models, not how two libraries map memory.
//
// A stack takes the address space asked for and two mappings (vm.max_map_count), but only the pages that were touched.
// The guard page also keeps neighbours from merging into one mapping, which transparent huge pages could fill.

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

  // What Boost.Context copies around and calls. allocate() throws std::bad_alloc where the system allows no further
  // one.
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
  std::vector<void*> free_;  // their upper ends, where stacks begin
  bool refused_ = false;
};

}  // namespace tvl::runtime
