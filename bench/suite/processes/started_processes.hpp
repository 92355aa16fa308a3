#pragma once
// A process that the suite started, with its descendants and those of them whose parents have ended.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <vector>

namespace tvl::suite {

// Orphans become children of this process instead of init's, so that started_processes finds them.
void become_subreaper();

class started_processes {
 public:
  // A child of this process that leads a session of its own, and so a process group.
  explicit started_processes(pid_t root);
  ~started_processes();  // kills all
  started_processes(const started_processes&) = delete;
  started_processes& operator=(const started_processes&) = delete;

  pid_t root() const { return root_; }
  // Zombies included. A process that was forked while the list was made may be missing.
  std::vector<load::process> all() const;
  // Empty = none was left.
  std::vector<load::process> living() const;

  // Waits until the first process ends, and at most that long; true = it has ended.
  bool wait_for_exit(std::chrono::milliseconds);
  std::optional<int> status() const { return status_; }  // of the first process, as from waitpid, once it has ended

  struct ending {
    bool killed = false;   // the first process did not end within the limit
    std::size_t left = 0;  // of the others, those that outlived it; now killed
  };
  // Sends the signal to the process group, then to each process outside it, and kills what is left when the limit is
  // over. The first process may end those outside itself, in an order of its own, such as PostgreSQL's: they get the
  // signal when it has ended, after 1 s at the latest. `late` = it does not end the others: they get it at once.
  // The group alone, without `late`, has 250 ms after the end of the first process.
  ending stop(int signal, std::chrono::milliseconds limit, bool late);
  // For a start that failed: signals all, waits at most 2 s, kills the rest.
  void give_up(int signal);
  void kill_all();

 private:
  bool outside(const load::process&) const;  // of the process group
  std::vector<load::process> survivors(std::vector<load::process> known, std::chrono::milliseconds limit) const;

  const pid_t root_;
  load::descriptor pidfd_;
  std::optional<int> status_;
};

}  // namespace tvl::suite
