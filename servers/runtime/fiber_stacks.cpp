#include "servers/runtime/fiber_stacks.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <new>
#include <sanitizer/asan_interface.h>
#include <utility>

namespace tvl::runtime {

fiber_stacks::fiber_stacks(std::size_t bytes)
    : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), bytes_((bytes + page_ - 1) / page_ * page_) {
  free_.reserve(cached_bytes / bytes_);  // so that give_back() cannot fail
}

fiber_stacks::~fiber_stacks() {
  for (void* top : free_) unmap(top);
}

boost::context::stack_context fiber_stacks::take() {
  boost::context::stack_context stack;
  stack.size = bytes_;
  if (free_.empty()) {
    stack.sp = map();
  } else {
    stack.sp = free_.back();  // the last one used: probably still cached
    free_.pop_back();
    // A fiber ends without returning from its outermost functions, so AddressSanitizer's redzones are still in place.
    ASAN_UNPOISON_MEMORY_REGION(static_cast<char*>(stack.sp) - bytes_, bytes_);
  }
  return stack;
}

void fiber_stacks::give_back(void* top) noexcept {
  if (free_.size() < cached_bytes / bytes_)
    free_.push_back(top);
  else
    unmap(top);
}

void* fiber_stacks::map() {
  void* lowest =
      ::mmap(nullptr, page_ + bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (lowest == MAP_FAILED) refuse(errno);
  // Fails where the mappings have run out; a stack needs its guard page.
  if (::mprotect(lowest, page_, PROT_NONE) != 0) {
    const int error = errno;
    ::munmap(lowest, page_ + bytes_);
    refuse(error);
  }
  return static_cast<char*>(lowest) + page_ + bytes_;
}

void fiber_stacks::refuse(int error) {
  if (!std::exchange(refused_, true))  // once: the same limit affects thousands of connections
    std::cerr << program_invocation_short_name << ": no stack for a further fiber: " << std::strerror(error)
              << " (memory, or max_map_count at two mappings a stack): closing connections without one\n";
  throw std::bad_alloc();
}

void fiber_stacks::unmap(void* top) const noexcept {
  ::munmap(static_cast<char*>(top) - bytes_ - page_, page_ + bytes_);
}

}  // namespace tvl::runtime
