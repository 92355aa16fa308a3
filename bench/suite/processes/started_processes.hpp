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
  // Zombies included.
  std::vector<load::process> all() const;
  std::vector<load::process> living() const;

  // Waits until the first process ends, and at most that long; true = it has ended.
  bool wait_for_exit(std::chrono::milliseconds);
  std::optional<int> status() const { return status_; }  // of the first process, as from waitpid, once it has ended

  struct ending {
    bool killed = false;   // the first process did not end within the limit
    std::size_t left = 0;  // of the others, those that outlived it; now killed
  };
  // Sends the signal to the process group, and kills what is left when the limit is over. `late` = the first process
  // does not end the others: each of them has the whole limit, and those outside the group get the signal, too.
  ending stop(int signal, std::chrono::milliseconds limit, bool late);
  // For a start that failed: signals all, waits at most 2 s, kills the rest.
  void give_up(int signal);
  void kill_all();

 private:
  std::vector<load::process> survivors(std::vector<load::process> known, std::chrono::milliseconds limit) const;

  const pid_t root_;
  load::descriptor pidfd_;
  std::optional<int> status_;
};

}  // namespace tvl::suite
