#pragma once
// Thread-safe post() to an io_context that may already be destroyed.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace tvl::waits::awaiting {

// Made and destroyed on the loop's thread.
class loop_notifier {
  struct state {
    std::mutex mutex;
    boost::asio::io_context* loop;  // null after the notifier's destruction
  };

 public:
  // For other threads; may outlive the loop.
  class handle {
   public:
    // Calls `f` on the loop's thread, or destroys it.
    template <class F>
    void post(F f) const {
      const std::lock_guard lock(state_->mutex);  // until it is posted: the loop must not be destroyed meanwhile
      if (state_->loop) boost::asio::post(*state_->loop, std::move(f));
    }

   private:
    friend class loop_notifier;
    explicit handle(std::shared_ptr<state> d) : state_(std::move(d)) {}
    std::shared_ptr<state> state_;
  };

  explicit loop_notifier(boost::asio::io_context& loop) : state_(std::make_shared<state>()) { state_->loop = &loop; }
  loop_notifier(const loop_notifier&) = delete;
  loop_notifier& operator=(const loop_notifier&) = delete;
  ~loop_notifier() {
    const std::lock_guard lock(state_->mutex);
    state_->loop = nullptr;
  }

  handle make_handle() const { return handle(state_); }

 private:
  std::shared_ptr<state> state_;
};

}  // namespace tvl::waits::awaiting
