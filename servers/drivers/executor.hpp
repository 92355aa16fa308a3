#pragma once
// Executor: a thread pool for blocking jobs.

#include <functional>
#include <memory>
#include <mutex>

namespace tvl::waits {

class offload_pool {
 public:
  // One pool per process, shared by concurrent owners; the first one decides its sizes. Threads start with the first
  // job, so a server without jobs has none. They are not joined: a running job may take long.
  static std::shared_ptr<offload_pool> of_process(unsigned threads, unsigned queue);

  offload_pool(unsigned threads, unsigned queue);
  ~offload_pool();
  offload_pool(const offload_pool&) = delete;
  offload_pool& operator=(const offload_pool&) = delete;

  // Runs `job` on one of the threads, or destroys it when the pool ends first. False when `queue` jobs already wait, or
  // when no thread can be started.
  bool run(std::function<void()> job);

 private:
  struct state;
  bool start_threads();

  const unsigned threads_;
  const unsigned queue_;
  std::mutex mutex_;
  unsigned started_ = 0;
  std::shared_ptr<state> state_;  // shared with the threads
};

}  // namespace tvl::waits
