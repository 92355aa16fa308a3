#pragma once
// SIGINT and SIGTERM as a stop token.

#include <pthread.h>
#include <signal.h>

#include <stop_token>
#include <thread>

namespace tvl::load {

// While it exists, the two signals request a stop instead of ending the program. Construct it before any other thread,
// so that every thread inherits the blocked signals.
class interrupt {
 public:
  interrupt() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    waiter_ = std::thread([this] {
      int signal = 0;
      ::sigwait(&signals_, &signal);
      source_.request_stop();
    });
  }
  ~interrupt() {
    ::pthread_kill(waiter_.native_handle(), SIGTERM);
    waiter_.join();
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  sigset_t signals_, before_;
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace tvl::load
