#pragma once
// A server started by the suite. It has answered a request, and its connections have the usual TCP congestion control,
// whatever the server is; the destructor ends it and all its descendants.

#include "bench/suite/processes/readiness.hpp"
#include "bench/suite/processes/run_as.hpp"
#include "bench/suite/processes/running_server.hpp"
#include "bench/suite/processes/server_output.hpp"
#include "bench/suite/processes/started_processes.hpp"
#include "bench/support/temporary_folder.hpp"

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

inline constexpr char usual_address[] = "127.0.0.1";

struct launch {
  std::string name;
  // {address}, and {port} or {socket}, the path of a Unix socket, are the only placeholders left, and every other brace
  // is doubled, see fill_word(). Without a port here or below the server prints its ready line.
  std::vector<std::string> command;
  std::map<std::string, std::string> env = {};  // in addition to that of this process; values like words of the command
  std::filesystem::path cwd = {};               // empty = that of this process
  std::vector<std::vector<std::string>> build = {};  // commands like `command`, run once, see build_once()
  std::string address = usual_address;               // to listen on
  std::optional<int> port;                           // fixed port of a command without {port}
  std::string probe;                                 // path that is requested until it is answered
  std::function<bool(int port)> answers;             // instead of the probe, if it does not speak HTTP
  std::optional<account> run_as;                     // empty = as this process
  int stop_signal = SIGTERM;
  std::vector<int> cpus;                          // empty = not pinned
  std::filesystem::path logs;                     // folder for NAME.stdout and NAME.stderr, appended to
  std::chrono::milliseconds ready_limit{30'000};  // forking a thousand processes takes about ten seconds
  std::chrono::milliseconds stop_limit{10'000};   // ending them takes seven on a slow machine
  std::stop_token stop;
};

class launched_server : public running_server {
 public:
  // Returns when a request to its address was answered, or to ::1 where nothing listens on 127.0.0.1, with a status
  // other than 502, 503 and 504. The command may be a launcher, or a program that goes on in the background. Throws
  // server_failed or run_stopped, and leaves no process running.
  explicit launched_server(launch);

  std::string url(const std::string& path) const override;
  const std::string& name() const override { return how_.name; }
  const std::vector<pid_t>& metered() const override { return metered_; }
  const std::string& not_metered() const override { return not_metered_; }
  std::optional<std::string> congestion_control() const override { return congestion_control_; }
  void check_alive() override;
  int port() const { return port_; }  // 0 = it listens on a Unix socket
  // Sends the stop signal to the process group and to the processes outside it, see started_processes::stop(), then
  // kills those that remain after stop_limit.
  exit_status stop() override;

 private:
  void claim_port();
  const std::string& new_socket();
  bool has_place() const { return port_ != 0 || socket_; }
  std::string place() const;
  pid_t spawn_command();
  void wait_until_ready();
  void check_starting();
  readiness ask_now();
  std::string url_at(const std::string& host, const std::string& path) const;
  [[noreturn]] void fail_unready(const readiness&) const;
  void find_metered();
  bool is_daemon() const { return processes_->status().has_value(); }
  std::string describe_exit() const;
  [[noreturn]] void fail_in_background() const;
  std::string describe(const started_processes::ending&) const;
  [[noreturn]] void fail(const std::string& what) const;
  std::string quoted_output() const;

  launch how_;
  mutable server_output output_;  // outlives the processes
  int port_ = 0;
  std::string host_;
  std::optional<scratch_folder> folder_;  // of the socket
  std::optional<std::string> socket_;
  std::optional<started_processes> processes_;
  std::vector<pid_t> metered_;
  std::vector<std::string> launchers_;  // their names
  std::string not_metered_;
  std::optional<load::process> daemon_;  // that is metered, if the started process has ended
  std::optional<std::string> congestion_control_;
};

}  // namespace tvl::suite
