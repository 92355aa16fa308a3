#pragma once
// A command that the server runs: started, its output collected, its end told, and no trace of it left.
//
// Nothing here waits, but for a process that it has killed. A twin waits for descriptor(), in its own way:
//
//   subprocess job(plan, deadline);
//   while (job.running()) job.advance(<false: the client has gone> = wait(client, deadline, job.descriptor()));
//   ... what was killed has exited when job.process() is readable ...
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

  // Starts what the plan names, without a shell, environment, input or descriptors, as a process group of its own.
  // Takes the calling thread until the command is executed, as fork() or vfork() would.
  subprocess(const handler::plan&, clock::time_point deadline);
  ~subprocess();
  subprocess(const subprocess&) = delete;
  subprocess& operator=(const subprocess&) = delete;

  // It has not ended, and nothing has ended it.
  bool running() const { return !verdict_; }
  // Readable when there is something to do for advance().
  int descriptor() const { return output_ >= 0 ? output_ : process_; }
  // Takes what has happened. Kills the group for too much output, when it is too late, or when there is no client.
  void advance(bool client);

  // What was killed, until it was waited for: readable as soon as result() need not wait. -1 when there is nothing.
  int process() const { return process_; }
  // 200 and the output; 502 for a command that failed, 503 when none could be started, 504.
  handler::service_result result();

 private:
  int start(const handler::plan&);
  void read_output();
  void reap(bool wait);
  void kill(handler::service_result why);
  void close_output();

  const clock::time_point deadline_;
  pid_t id_ = -1;
  int process_ = -1;  // pidfd; -1 once the process was waited for
  int output_ = -1;   // pipe; -1 once it has ended
  std::string text_;  // the output; of a command that prints none, what it does
  std::optional<handler::service_result> verdict_;
};

}  // namespace tvl::waits
