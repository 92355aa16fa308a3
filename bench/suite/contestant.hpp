#pragma once
// One running server: started, known to answer, and gone with all its children when the object is.

#include "clients/load/process_tree.hpp"

#include <nlohmann/json.hpp>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::suite {

// The server cannot be measured. what() is one line that names it and says why, with its last words on
// stderr.
struct contestant_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The run was stopped (Ctrl-C) while waiting.
struct run_stopped : std::runtime_error {
  run_stopped() : std::runtime_error("stopped") {}
};

struct launch {
  std::string name;
  std::vector<std::string> command;  // only {port} is still open; without it the server prints its ready line
  std::string probe;                 // path that is requested until it is answered
  std::vector<int> cpus;             // empty = not pinned
  std::filesystem::path logs;        // folder for NAME.stdout and NAME.stderr, appended to
  std::chrono::milliseconds ready_limit{10'000};
  std::chrono::milliseconds stop_limit{6'000};
  std::stop_token stop;
};

struct farewell {
  nlohmann::json counters;      // what the server printed at its end, else null
  bool killed = false;          // it did not end within stop_limit of SIGTERM
  std::size_t left_behind = 0;  // children that outlived it, now killed
};

class contestant {
 public:
  // Returns when a request was answered. Throws contestant_failed or run_stopped; nothing is left running
  // then.
  explicit contestant(launch);
  ~contestant();  // kills what still runs
  contestant(const contestant&) = delete;
  contestant& operator=(const contestant&) = delete;

  std::string url(const std::string& path) const;
  const std::string& name() const { return how_.name; }
  pid_t pid() const { return pid_; }
  // Throws contestant_failed when the server has ended.
  void check_alive();
  // SIGTERM, a limited wait, then SIGKILL for whatever is left of the tree.
  farewell stop();

 private:
  void spawn();
  void wait_until_ready();
  bool answers() const;
  bool wait_for_exit(std::chrono::milliseconds limit);
  std::vector<load::process> family() const;
  std::vector<load::process> survivors(std::vector<load::process> known) const;
  nlohmann::json printed_counters() const;
  void kill_all(std::vector<load::process> family);
  [[noreturn]] void fail(const std::string& what) const;
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
