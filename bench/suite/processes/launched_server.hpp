#pragma once
// A server started by the suite. It has answered a request, and its connections have the usual TCP congestion control,
// whatever the server is; the destructor ends it and all its descendants.

#include "bench/suite/processes/run_as.hpp"
#include "bench/suite/processes/running_server.hpp"
#include "bench/suite/processes/server_output.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::suite {

struct launch {
  std::string name;
  // {port} is the only placeholder left, and every other brace is doubled, see fill_word(). Without it, and without a
  // port below, the server prints its ready line.
  std::vector<std::string> command;
  std::map<std::string, std::string> env = {};  // in addition to that of this process; values like words of the command
  std::filesystem::path cwd = {};               // empty = that of this process
  std::vector<std::vector<std::string>> build = {};  // commands like `command`, run once, see build_once()
  std::optional<int> port;                           // fixed port of a command without {port}
  std::string probe;                                 // path that is requested until it is answered
  std::function<bool(int port)> answers;             // instead of the probe, if it does not speak HTTP
  std::optional<account> run_as;                     // empty = as this process
  int stop_signal = SIGTERM;
  std::vector<int> cpus;                          // empty = not pinned
  std::filesystem::path logs;                     // folder for NAME.stdout and NAME.stderr, appended to
  std::chrono::milliseconds ready_limit{30'000};  // forking a thousand processes takes about ten seconds
  std::chrono::milliseconds stop_limit{6'000};
  std::stop_token stop;
};

class launched_server : public running_server {
 public:
  // Returns when a request was answered. Throws server_failed or run_stopped, and leaves no process running.
  explicit launched_server(launch);
  ~launched_server() override;  // kills all remaining processes

  std::string url(const std::string& path) const override;
  const std::string& name() const override { return how_.name; }
  std::optional<pid_t> pid() const override { return pid_; }
  std::optional<std::string> congestion_control() const override { return congestion_control_; }
  void check_alive() override;
  int port() const { return port_; }
  // Sends the stop signal, waits for stop_limit, then kills the remaining processes.
  exit_status stop() override;

 private:
  void spawn();
  void claim_port();
  void wait_until_ready();
  bool answers() const;
  std::string describe_exit() const;
  bool wait_for_exit(std::chrono::milliseconds limit);
  std::vector<load::process> processes() const;
  std::vector<load::process> survivors(std::vector<load::process> known) const;
  void signal_and_wait() const;
  void kill_all(std::vector<load::process>);
  [[noreturn]] void fail(const std::string& what) const;
  std::string quoted_stderr() const;

  launch how_;
  const server_output output_;
  int port_ = 0;
  pid_t pid_ = 0;
  int pidfd_ = -1;
  std::optional<std::string> congestion_control_;
  std::optional<int> status_;  // as from waitpid, once it has ended
};

// Orphans become children of this process instead of init's, so that launched_server can find and end them.
void become_subreaper();

}  // namespace tvl::suite
