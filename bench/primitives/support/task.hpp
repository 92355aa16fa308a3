#pragma once
// A minimal event loop for C++20 coroutines: lower bounds of the cost of a switch, a task, a timer.
//
//   fifo_loop loop;
//   int sum = loop.run([](fifo_loop& l) -> task<int> {
//     task<int> child = l.spawn(other(l));   // like create_task: appended to the queue
//     co_await l.yield();                    // to the end of the queue
//     co_return co_await child;
//   }(loop));
//
// One thread, no descriptors; servers/runtime/epoll_loop.hpp is the same with sockets.

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::primitives {

// A queue entry. It is part of the waiting coroutine's frame, so waiting does not allocate.
struct place {
  std::coroutine_handle<> waiter;
  place* next = nullptr;
};

class fifo_loop;

template <class T>
struct result_of {
  std::optional<T> value;
  void return_value(T given) { value = std::move(given); }
  T take() { return std::move(*value); }
};

template <>
struct result_of<void> {
  void return_void() {}
  void take() {}
};

// A coroutine that starts when it is awaited or spawned, and may be awaited once. Owns its frame; must not outlive what
// it refers to. Errors are values; an exception terminates the program.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type : result_of<T> {
    place queued;
    std::coroutine_handle<> then;
    bool started = false;

    task get_return_object() { return task(handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct awaiter {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(handle h) noexcept {
          const auto next = h.promise().then;
          return next ? next : std::noop_coroutine();
        }
        void await_resume() noexcept {}
      };
      return awaiter{};
    }
    void unhandled_exception() { std::terminate(); }
  };
  using handle = std::coroutine_handle<promise_type>;

  task(task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  task& operator=(task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const { return handle_.done(); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> then) {
    handle_.promise().then = then;
    if (std::exchange(handle_.promise().started, true)) return std::noop_coroutine();
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  friend class fifo_loop;
  explicit task(handle h) : handle_(h) {}

  handle handle_;
};

class fifo_loop {
 public:
  using clock = std::chrono::steady_clock;

  void post(place& p) {
    p.next = nullptr;
    *(first_ ? &last_->next : &first_) = &p;
    last_ = &p;
  }

  template <class T>
  task<T> spawn(task<T> t) {
    auto& promise = t.handle_.promise();
    promise.started = true;
    promise.queued.waiter = t.handle_;
    post(promise.queued);
    return t;
  }

  // Runs until the queue is empty and no coroutine sleeps.
  template <class T>
  T run(task<T> t) {
    auto root = spawn(std::move(t));
    run();
    return root.await_resume();
  }

  auto yield() {
    struct awaiter {
      fifo_loop& loop;
      place here = {};
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        here.waiter = h;
        loop.post(here);
      }
      void await_resume() const {}
    };
    return awaiter{*this};
  }

  auto sleep_until(clock::time_point due) {
    struct awaiter {
      fifo_loop& loop;
      clock::time_point due;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> h) { loop.sleepers_.push({due, h}); }
      void await_resume() const {}
    };
    return awaiter{*this, due};
  }

 private:
  struct sleeper {
    clock::time_point due;
    std::coroutine_handle<> waiter;
    bool operator>(const sleeper& other) const { return due > other.due; }
  };

  // Coroutines posted meanwhile run in the next round, so that sleepers get their turn in between.
  void run() {
    while (first_ || !sleepers_.empty()) {
      for (place* p = std::exchange(first_, nullptr); p;) std::exchange(p, p->next)->waiter.resume();
      if (!sleepers_.empty()) wake_sleepers();
    }
  }

  void wake_sleepers() {
    if (!first_) std::this_thread::sleep_until(sleepers_.top().due);
    const auto now = clock::now();
    while (!sleepers_.empty() && sleepers_.top().due <= now) {
      const auto waiter = sleepers_.top().waiter;
      sleepers_.pop();
      waiter.resume();
    }
  }

  place* first_ = nullptr;
  place* last_ = nullptr;
  std::priority_queue<sleeper, std::vector<sleeper>, std::greater<>> sleepers_;
};

}  // namespace tvl::primitives
