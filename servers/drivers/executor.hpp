#pragma once
// The executor: threads that do what the caller must not wait for.

#include <functional>
#include <memory>
#include <mutex>

namespace tvl::waits {

class offload_pool {
 public:
  // One for all who hold it at the same time; the first decides its sizes. The threads start with the first job, so
  // that a server that offloads nothing has none, and nobody waits for them at the end: a job that is then under way
  // may be a long one.
  static std::shared_ptr<offload_pool> of_process(unsigned threads, unsigned queue);

  offload_pool(unsigned threads, unsigned queue);
  ~offload_pool();
  offload_pool(const offload_pool&) = delete;
  offload_pool& operator=(const offload_pool&) = delete;

  // Calls `job` on one of the threads, or destroys it without when the pool ends before. False when `queue` jobs wait
  // for a thread already, or when there is no thread and the machine allows none.
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
