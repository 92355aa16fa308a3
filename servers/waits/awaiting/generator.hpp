#pragma once
// Async generator: a coroutine on the loop that yields values and may await in between.
//
//   generator<int> numbers(runtime::executor, ...) {    auto all = numbers(executor, ...);
//     for (int i = 0; i < 9; ++i) {                     while (const auto n = co_await all.next(asio::deferred))
//       co_await something();                             use(*n);
//       co_yield i;
//     }
//   }
//
// Boost.Asio's own (experimental::coro of 1.81) leaks a waiting coroutine when its loop is destroyed.

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace tvl::waits::awaiting {

// The first parameter of its coroutine is the loop's executor. It may await awaitables and must not throw.
template <class T>
class [[nodiscard]] generator {
 public:
  class promise_type;

  generator(generator&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  generator& operator=(generator&&) = delete;
  // Not during next(), unless the awaiting coroutine is destroyed with it, as at the loop's end.
  ~generator() {
    if (frame_) frame_.destroy();
  }

  // Asynchronous operation: the next value, or nothing at the end. One at a time, not cancellable. Always goes through
  // the loop's queue, so that a generator that never waits does not starve the loop.
  template <class Token>
  auto next(Token&& token) {
    const auto begin = [](auto consumer, frame f) { f.promise().resume(std::move(consumer)); };
    return boost::asio::async_initiate<Token, void(std::optional<T>)>(begin, token, frame_);
  }

 private:
  using frame = std::coroutine_handle<promise_type>;
  explicit generator(frame f) : frame_(f) {}

  frame frame_;
};

template <class T>
class generator<T>::promise_type {
 public:
  template <class... Arguments>
  explicit promise_type(const runtime::executor& e, const Arguments&...) : executor_(e) {}

  generator get_return_object() { return generator(frame::from_promise(*this)); }
  std::suspend_always initial_suspend() noexcept { return {}; }
  auto final_suspend() noexcept { return hand_over{}; }
  void return_void() { value_.reset(); }
  [[noreturn]] void unhandled_exception() { std::terminate(); }
  auto yield_value(T value) {
    value_.emplace(std::move(value));
    return hand_over{};
  }
  template <class R>
  auto await_transform(boost::asio::awaitable<R, runtime::executor> wait) {
    return waiting<R>{std::move(wait), {}};
  }

 private:
  friend class generator;

  // The handler of next(). It owns the awaiting coroutine, and through it this generator.
  struct consumer {
    virtual ~consumer() = default;
    virtual void take(std::optional<T>) = 0;
  };
  template <class Handler>
  struct consumer_with final : consumer {
    explicit consumer_with(Handler&& h) : handler(std::move(h)) {}
    void take(std::optional<T> value) override {
      boost::asio::post(boost::asio::append(std::move(handler), std::move(value)));
    }
    Handler handler;
  };

  // Suspends the generator and resumes the consumer.
  struct hand_over {
    bool await_ready() const noexcept { return false; }
    void await_suspend(frame f) const noexcept { f.promise().deliver(); }
    void await_resume() const noexcept {}
  };

  // Resumes the generator when its awaited operation completes. Destroyed with the loop instead, it destroys the
  // consumer.
  template <class R>
  class resumption {
   public:
    resumption(frame f, std::optional<R>& result) : frame_(f), result_(&result) {}
    resumption(resumption&& other) noexcept : frame_(std::exchange(other.frame_, {})), result_(other.result_) {}
    resumption& operator=(resumption&&) = delete;
    ~resumption() {
      if (frame_) const auto last = std::move(frame_.promise().consumer_);
    }
    void operator()(const std::exception_ptr& error, R result) {
      if (error) std::terminate();
      result_->emplace(std::move(result));
      std::exchange(frame_, {}).resume();
    }

   private:
    frame frame_;
    std::optional<R>* result_;
  };

  // Suspends the generator until its awaited operation completes.
  template <class R>
  struct waiting {
    boost::asio::awaitable<R, runtime::executor> wait;
    std::optional<R> result;

    bool await_ready() const noexcept { return false; }
    void await_suspend(frame f) {
      boost::asio::co_spawn(f.promise().executor_, std::move(wait), resumption<R>(f, result));
    }
    R await_resume() { return std::move(*result); }
  };

  template <class Handler>
  void resume(Handler&& handler) {
    consumer_ = std::make_unique<consumer_with<std::decay_t<Handler>>>(std::forward<Handler>(handler));
    const auto f = frame::from_promise(*this);
    f.done() ? deliver() : f.resume();
  }

  void deliver() {
    const auto to = std::move(consumer_);
    to->take(std::exchange(value_, std::nullopt));
  }

  runtime::executor executor_;
  std::optional<T> value_;
  std::unique_ptr<consumer> consumer_;
};

}  // namespace tvl::waits::awaiting
