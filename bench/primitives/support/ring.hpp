#pragma once
// n threads pass a turn around a ring; each waits at its own gate.

#include "bench/machine/cpus.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace tvl::primitives {

// A hash of the order of turns: equal only for the same order and number.
struct turns {
  int laps;
  std::uint64_t history = 0;
  void taken_by(int number) { history = history * 31 + static_cast<std::uint64_t>(number); }
};

class condition_variable_gate {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    opened_.notify_one();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
    open_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// Not std::atomic::wait, which spins before the system call.
class futex_gate {
 public:
  void open() {
    open_.store(1);
    ::syscall(SYS_futex, &open_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  void pass() {
    while (open_.exchange(0) == 0) ::syscall(SYS_futex, &open_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }

 private:
  std::atomic<std::uint32_t> open_ = 0;
};

class pipe_gate {
 public:
  pipe_gate() {
    if (::pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  }
  ~pipe_gate() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  pipe_gate(const pipe_gate&) = delete;
  pipe_gate& operator=(const pipe_gate&) = delete;
  void open() {
    const char turn = 0;
    while (::write(ends_[1], &turn, 1) < 0 && errno == EINTR) {
    }
  }
  void pass() {
    char turn = 0;
    while (::read(ends_[0], &turn, 1) < 0 && errno == EINTR) {
    }
  }

 private:
  int ends_[2];
};

// The constructing thread is number 0. Thread i is pinned to cores[i % size].
template <class Gate>
class ring {
 public:
  ring(int n, const std::vector<int>& cores) : gates_(static_cast<std::size_t>(n)) {
    const auto stay = [&cores](std::size_t i) { suite::pin_to({cores[i % cores.size()]}); };
    for (std::size_t i = 1; i < gates_.size(); ++i) {
      stay(i);  // inherited
      threads_.emplace_back([this, i] { take_turns(i); });
    }
    stay(0);
  }
  ~ring() {
    ended_ = true;
    for (std::size_t i = 1; i < gates_.size(); ++i) gates_[i].open();
    for (auto& thread : threads_) thread.join();
  }
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;

  std::uint64_t go_round(int laps) {
    turns_ = {laps};
    for (int lap = 0; lap < laps; ++lap) {
      turns_.taken_by(0);
      gates_[1].open();
      gates_[0].pass();
    }
    return turns_.history;
  }

 private:
  void take_turns(std::size_t me) {
    auto& next = gates_[(me + 1) % gates_.size()];
    for (;;) {
      gates_[me].pass();
      if (ended_) return;
      turns_.taken_by(static_cast<int>(me));
      next.open();
    }
  }

  std::vector<Gate> gates_;
  std::vector<std::thread> threads_;
  turns turns_{};
  bool ended_ = false;  // synchronised by the gates
};

}  // namespace tvl::primitives
