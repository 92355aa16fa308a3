#pragma once
// How other threads reach a loop that may be gone by then.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace tvl::waits::awaiting {

// Made and destroyed by the loop's thread, while the loop is there.
class doorbell {
  struct door {
    std::mutex mutex;
    boost::asio::io_context* loop;  // null once the doorbell is gone
  };

 public:
  // What other threads hold; it may outlive the loop.
  class button {
   public:
    // `f` is called on the loop's thread, or destroyed without.
    template <class F>
    void post(F f) const {
      const std::lock_guard lock(door_->mutex);  // until it is posted: the loop must not go meanwhile
      if (door_->loop) boost::asio::post(*door_->loop, std::move(f));
    }

   private:
    friend class doorbell;
    explicit button(std::shared_ptr<door> d) : door_(std::move(d)) {}
    std::shared_ptr<door> door_;
  };

  explicit doorbell(boost::asio::io_context& loop) : door_(std::make_shared<door>()) { door_->loop = &loop; }
  doorbell(const doorbell&) = delete;
  doorbell& operator=(const doorbell&) = delete;
  ~doorbell() {
    const std::lock_guard lock(door_->mutex);
    door_->loop = nullptr;
  }

  button make_button() const { return button(door_); }

 private:
  std::shared_ptr<door> door_;
};

}  // namespace tvl::waits::awaiting
