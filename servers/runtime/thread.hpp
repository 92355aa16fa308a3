#pragma once
// Threads with a chosen stack size, which std::thread lacks.

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tvl::runtime {

// Runs `body` on a new thread. Returns 0 or the errno of the limit that was hit (RLIMIT_NPROC, pid_max, max_map_count,
// cgroup pids.max); then `body` is destroyed without having run.
template <class F>
int create_thread(pthread_t& id, int detach_state, std::size_t stack_bytes, F body) {
  auto held = std::make_unique<F>(std::move(body));
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes);
  ::pthread_attr_setdetachstate(&attributes, detach_state);
  const auto run = [](void* argument) -> void* {
    const std::unique_ptr<F> mine(static_cast<F*>(argument));
    (*mine)();
    return nullptr;
  };
  const int error = ::pthread_create(&id, &attributes, run, held.get());
  ::pthread_attr_destroy(&attributes);
  if (error == 0) static_cast<void>(held.release());
  return error;
}

// Once per process and in one write: the limit affects thousands of connections on several threads.
inline void report_thread_limit(int error) {
  static std::atomic_flag reported;
  if (reported.test_and_set()) return;
  std::cerr << std::string(program_invocation_short_name) +
                   ": cannot start a thread for a connection: " + std::strerror(error) +
                   " (RLIMIT_NPROC, pid_max, threads-max, max_map_count or cgroup pids.max): closing connections "
                   "without one\n";
}

// Starts a detached thread. False at the machine's limit, which is printed on stderr the first time.
template <class F>
bool start_thread(std::size_t stack_bytes, F body) {
  pthread_t id{};
  const int error = create_thread(id, PTHREAD_CREATE_DETACHED, stack_bytes, std::move(body));
  if (error != 0) report_thread_limit(error);
  return error == 0;
}

// A fixed number of threads, joined by the destructor.
class thread_group {
 public:
  // Each thread runs a copy of `body`. When the machine does not allow that many, prints one line on stderr and exits
  // with code 2, because started threads may wait for work for ever.
  template <class F>
  thread_group(int count, std::size_t stack_bytes, const F& body) {
    ids_.resize(static_cast<std::size_t>(count));
    for (auto& id : ids_) {
      const int error = create_thread(id, PTHREAD_CREATE_JOINABLE, stack_bytes, body);
      if (error == 0) continue;
      std::cerr << program_invocation_short_name << ": only " << &id - ids_.data() << " of " << count
                << " threads could be started: " << std::strerror(error) << std::endl;
      std::_Exit(2);
    }
  }
  ~thread_group() {
    for (const auto id : ids_) ::pthread_join(id, nullptr);
  }
  thread_group(const thread_group&) = delete;
  thread_group& operator=(const thread_group&) = delete;

 private:
  std::vector<pthread_t> ids_;
};

}  // namespace tvl::runtime
