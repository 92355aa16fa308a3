#pragma once
// A subprocess without the waiting: start, output, exit status, cleanup. Only the reaping of a killed process may
// block.
//
//   subprocess job(plan, deadline);
//   while (job.running()) job.advance(<false: the client has gone> = wait(client, deadline, job.descriptor()));
//   ... a killed process has exited when job.process() is readable ...
//   return job.result();

#include "servers/handler/plan.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace tvl::waits {

class subprocess {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t largest_output = 1u << 20;  // bytes, else 502

  // Starts the plan's command as a process group of its own, without shell, environment, input or descriptors. Blocks
  // until it is executed, as vfork() does.
  subprocess(const handler::plan&, clock::time_point deadline);
  ~subprocess();
  subprocess(const subprocess&) = delete;
  subprocess& operator=(const subprocess&) = delete;

  // Neither ended nor killed.
  bool running() const { return !verdict_; }
  // Readable when advance() has work.
  int descriptor() const { return output_ >= 0 ? output_ : process_; }
  // Reads output and exit status. Kills the group at the output limit, at the deadline, or without a client.
  void advance(bool client);

  // pidfd of a process not yet reaped, readable as soon as result() does not block; else -1.
  int process() const { return process_; }
  // 200 and the output; 502 when it failed, 503 when it could not be started, 504 at the deadline.
  handler::service_result result();

 private:
  int start(const handler::plan&);
  void read_output();
  void reap(bool wait);
  void kill(handler::service_result why);
  void close_output();

  const clock::time_point deadline_;
  pid_t id_ = -1;
  int process_ = -1;  // pidfd; -1 once reaped
  int output_ = -1;   // pipe; -1 at its end
  std::string text_;  // its output, or a description for a command without output
  std::optional<handler::service_result> verdict_;
};

}  // namespace tvl::waits
