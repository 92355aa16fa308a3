#pragma once
// Test fixture: a forked process that runs one step at a time, and its cost per step.

#include "clients/load/meter/meter.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <time.h>

namespace tvl::load {

// Runs `body` in a child process, which calls pause() between its steps; step() resumes it.
class stepped_process {
 public:
  explicit stepped_process(const std::function<void(const std::function<void()>& pause)>& body) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(to[1]);
      close(from[0]);
      body([&] {
        char go = 0;
        if (write(from[1], "p", 1) != 1 || read(to[0], &go, 1) != 1) _exit(0);
      });
      _exit(0);
    }
    close(to[0]);
    close(from[1]);
    go_ = to[1];
    paused_ = from[0];
    wait_for_pause();
  }
  ~stepped_process() {
    close(go_);
    close(paused_);
    waitpid(pid_, nullptr, 0);
  }
  stepped_process(const stepped_process&) = delete;
  stepped_process& operator=(const stepped_process&) = delete;

  pid_t pid() const { return pid_; }

  // Runs the process up to its next pause().
  void step() {
    ASSERT_EQ(write(go_, "g", 1), 1);
    wait_for_pause();
  }

 private:
  void wait_for_pause() {
    char p = 0;
    ASSERT_EQ(read(paused_, &p, 1), 1);
  }

  pid_t pid_ = 0;
  int go_ = -1, paused_ = -1;
};

// Uses CPU time of the calling thread; takes longer than that on a busy machine.
inline void burn(std::chrono::nanoseconds cpu) {
  const auto used = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
  };
  for (const auto end = used() + cpu.count(); used() < end;) {
  }
}

// CPU time of one window in milliseconds; NaN when it is empty.
inline double cpu_ms(const server_cost& one_request) { return one_request.cpu_us_per_request.value_or(NAN) / 1000; }

// The cost of the next step, counted as one request.
inline server_cost next_step(stepped_process& s) {
  const meter m(s.pid());
  const auto begin = m.read();
  s.step();
  return m.cost(begin, m.read(), 1);
}

}  // namespace tvl::load
