#pragma once
// A server that we started: known to answer, and gone with all its children when the object is.

#include "bench/suite/processes/run_as.hpp"
#include "bench/suite/processes/running_server.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::suite {

struct launch {
  std::string name;
  // Only {port} is still open. Without it, and without a port below, the server prints its ready line.
  std::vector<std::string> command;
  std::optional<int> port;                        // where it listens without being told
  std::string probe;                              // path that is requested until it is answered
  std::function<bool(int port)> answers;          // asked instead, of what does not speak HTTP
  std::optional<account> run_as;                  // empty = as this process
  int stop_signal = SIGTERM;                      // ends it in order
  std::vector<int> cpus;                          // empty = not pinned
  std::filesystem::path logs;                     // folder for NAME.stdout and NAME.stderr, appended to
  std::chrono::milliseconds ready_limit{30'000};  // a thousand processes forked in advance take some ten seconds
  std::chrono::milliseconds stop_limit{6'000};
  std::stop_token stop;
};

class contestant : public running_server {
 public:
  // Returns when a request was answered. Throws contestant_failed or run_stopped; nothing is left running
  // then.
  explicit contestant(launch);
  ~contestant() override;  // kills what still runs

  std::string url(const std::string& path) const override;
  const std::string& name() const override { return how_.name; }
  std::optional<pid_t> pid() const override { return pid_; }
  void check_alive() override;
  int port() const { return port_; }
  // Its stop signal, a limited wait, then SIGKILL for whatever is left of the tree.
  farewell stop() override;

 private:
  void spawn();
  void claim_port();
  void wait_until_ready();
  bool answers() const;
  std::optional<int> printed_port() const;
  std::string how_it_left() const;
  bool wait_for_exit(std::chrono::milliseconds limit);
  std::vector<load::process> family() const;
  std::vector<load::process> survivors(std::vector<load::process> known) const;
  nlohmann::json printed_counters() const;
  void ask_to_end() const;
  void kill_all(std::vector<load::process> family);
  [[noreturn]] void fail(const std::string& what) const;
  std::string complaints() const;  // the last lines on stderr, as one
  std::string last_words() const;
  std::string output() const;  // stdout of this launch

  launch how_;
  std::filesystem::path out_, err_;
  std::uintmax_t out_begin_ = 0, err_begin_ = 0;
  int port_ = 0;
  pid_t pid_ = 0;
  int pidfd_ = -1;
  std::optional<int> status_;  // as from waitpid, once it has ended
};

// Orphans of contestants become children of this process instead of init's, so that they can be found and
// ended.
void adopt_orphans();

}  // namespace tvl::suite
