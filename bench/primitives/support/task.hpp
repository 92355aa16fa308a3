#pragma once
// The smallest loop that C++20 coroutines need: what a switch, a task, a timer cost when nothing else is there.
//
//   fifo_loop loop;
//   int sum = loop.run([](fifo_loop& l) -> task<int> {
//     task<int> child = l.spawn(other(l));   // as create_task: runs when the loop gets to it
//     co_await l.yield();                    // to the end of the queue
//     co_return co_await child;
//   }(loop));
//
// One thread, no descriptors: with sockets it would be servers/runtime/epoll_loop.hpp.

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

// A place in the queue. It lies in the frame of who waits, so waiting allocates nothing.
struct place {
  std::coroutine_handle<> who;
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

// A coroutine that starts when it is awaited or spawned, and is awaited once at most. Owns its frame: one that runs
// must outlive nobody it refers to. Errors are values here, an exception ends the program.
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
    promise.queued.who = t.handle_;
    post(promise.queued);
    return t;
  }

  // Until nobody is in the queue and nobody sleeps.
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
        here.who = h;
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
    std::coroutine_handle<> who;
    bool operator>(const sleeper& other) const { return due > other.due; }
  };

  // Who is posted meanwhile is of the next round, so that sleepers get their turn between.
  void run() {
    while (first_ || !sleepers_.empty()) {
      for (place* p = std::exchange(first_, nullptr); p;) std::exchange(p, p->next)->who.resume();
      if (!sleepers_.empty()) wake_sleepers();
    }
  }

  void wake_sleepers() {
    if (!first_) std::this_thread::sleep_until(sleepers_.top().due);
    const auto now = clock::now();
    while (!sleepers_.empty() && sleepers_.top().due <= now) {
      const auto who = sleepers_.top().who;
      sleepers_.pop();
      who.resume();
    }
  }

  place* first_ = nullptr;
  place* last_ = nullptr;
  std::priority_queue<sleeper, std::vector<sleeper>, std::greater<>> sleepers_;
};

}  // namespace tvl::primitives
