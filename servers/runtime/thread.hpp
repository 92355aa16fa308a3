#pragma once
// Starting a detached thread with a stack of a chosen size, which std::thread cannot.

#include <pthread.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace tvl::runtime {

// Runs `body` on a new detached thread. False when the machine allows no further thread (RLIMIT_NPROC,
// pid_max, max_map_count, cgroup pids.max): `body` is destroyed without having run.
template <class F>
bool start_thread(std::size_t stack_bytes, F body) {
  auto held = std::make_unique<F>(std::move(body));
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t id;
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<F> mine(static_cast<F*>(argument));
    (*mine)();
    return nullptr;
  };
  const int error = ::pthread_create(&id, &attributes, run, held.get());
  ::pthread_attr_destroy(&attributes);
  if (error != 0) return false;
  held.release();
  return true;
}

}  // namespace tvl::runtime
