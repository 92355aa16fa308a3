#pragma once
// The signals that stop a run, as a stop token.

#include <pthread.h>
#include <signal.h>

#include <stop_token>
#include <thread>

namespace tvl::load {

// SIGINT, SIGTERM, and SIGHUP of a closed terminal, unless it is ignored: nohup does that.
inline sigset_t stop_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) ::sigaddset(&signals, SIGHUP);
  return signals;
}

// While it exists, these signals request a stop instead of ending the program. Construct it before any other thread,
// so that every thread inherits the blocked signals.
class interrupt {
 public:
  interrupt() {
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
  const sigset_t signals_ = stop_signals();
  sigset_t before_;
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace tvl::load
