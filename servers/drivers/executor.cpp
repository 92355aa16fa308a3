#include "servers/drivers/executor.hpp"

#include "servers/runtime/thread.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace tvl::waits {
namespace {

constexpr std::size_t stack = 256u << 10;  // bytes; a job sleeps or uses CPU

}  // namespace

struct offload_pool::state {
  // Without own threads; ours are attached. The pool's own cannot be named or started later, and its constructor hangs
  // when the machine does not allow all of them.
  boost::asio::thread_pool jobs{0};
  std::atomic<unsigned> outstanding = 0;  // queued and running
};

std::shared_ptr<offload_pool> offload_pool::of_process(unsigned threads, unsigned queue) {
  static std::mutex mutex;
  static std::weak_ptr<offload_pool> known;
  const std::lock_guard lock(mutex);
  auto pool = known.lock();
  if (!pool) known = pool = std::make_shared<offload_pool>(threads, queue);
  return pool;
}

offload_pool::offload_pool(unsigned threads, unsigned queue)
    : threads_(threads), queue_(queue), state_(std::make_shared<state>()) {}

offload_pool::~offload_pool() { state_->jobs.stop(); }

bool offload_pool::run(std::function<void()> job) {
  if (!start_threads()) return false;
  if (state_->outstanding.fetch_add(1) >= std::uint64_t{threads_} + queue_) {
    --state_->outstanding;
    return false;
  }
  // The state outlives its jobs.
  boost::asio::post(state_->jobs, [s = state_.get(), todo = std::move(job)] {
    todo();
    --s->outstanding;
  });
  return true;
}

// Starts the missing threads. False when there are none at all.
bool offload_pool::start_threads() {
  const auto work = [s = state_] {
    ::pthread_setname_np(::pthread_self(), "offload");
    s->jobs.attach();
  };
  const std::lock_guard lock(mutex_);
  pthread_t id{};
  while (started_ < threads_ && runtime::create_thread(id, PTHREAD_CREATE_DETACHED, stack, work) == 0) ++started_;
  return started_ > 0;
}

}  // namespace tvl::waits
