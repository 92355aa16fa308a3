#pragma once
// A minimal epoll loop of C++20 coroutines without a library. Coroutines can await sockets and timers.
//
//   task serve(epoll_loop& loop, int fd) {
//     epoll_loop::socket s(loop, fd);
//     co_await s.wait(EPOLLIN);
//     co_await loop.sleep_for(50ms);
//   }
//
// Single-threaded. Sockets are registered once, edge-triggered, so a wait needs no system call of its own.

#include <sys/epoll.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <queue>
#include <vector>

namespace tvl::runtime {

// A coroutine that starts at once and frees its frame when it ends.
struct detached_task {
  struct promise_type {
    detached_task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

class epoll_loop {
 public:
  using clock = std::chrono::steady_clock;

  epoll_loop();
  ~epoll_loop();
  epoll_loop(const epoll_loop&) = delete;
  epoll_loop& operator=(const epoll_loop&) = delete;

  // Runs until no socket is registered and no coroutine sleeps.
  void run();

  // A registered descriptor with at most one waiting coroutine. Destroy it before the descriptor is closed.
  class socket {
   public:
    socket(epoll_loop&, int fd);  // must be non-blocking
    ~socket();
    socket(const socket&) = delete;
    socket& operator=(const socket&) = delete;

    // Waits until `events` (EPOLLIN or EPOLLOUT) was reported since the last wait for it. A socket at the end of its
    // input stays readable, a broken one readable and writable.
    auto wait(std::uint32_t events) {
      struct awaiter {
        socket& self;
        bool await_ready() const { return self.is_ready(); }
        void await_suspend(std::coroutine_handle<> h) { self.waiting_ = h; }
        void await_resume() const { self.seen_ &= ~self.awaited_; }
      };
      awaited_ = events;
      return awaiter{*this};
    }

   private:
    friend class epoll_loop;
    bool is_ready() const {
      const std::uint32_t for_ever = EPOLLHUP | EPOLLERR | (awaited_ == EPOLLIN ? EPOLLRDHUP : 0u);
      return (seen_ & (awaited_ | for_ever)) != 0;
    }

    epoll_loop& loop_;
    int fd_;
    std::uint32_t seen_ = 0, awaited_ = 0;
    std::coroutine_handle<> waiting_;
  };

  auto sleep_for(clock::duration time) {
    struct awaiter {
      epoll_loop& loop;
      clock::time_point due;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) { loop.sleepers_.push({due, h}); }
      void await_resume() const {}
    };
    return awaiter{*this, clock::now() + time};
  }

 private:
  struct sleeper {
    clock::time_point due;
    std::coroutine_handle<> coroutine;
    bool operator>(const sleeper& other) const { return due > other.due; }
  };

  void wake_sleepers();
  void poll();

  int epoll_;
  std::size_t sockets_ = 0;
  std::priority_queue<sleeper, std::vector<sleeper>, std::greater<>> sleepers_;
};

}  // namespace tvl::runtime
