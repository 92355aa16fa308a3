#pragma once
// The processes of Open MPI that carry a load to other hosts: mpirun starts a tvl-load-rank on each. Rank 0 runs here
// and has a connection to this process for each of the others.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/cluster/load_hosts.hpp"
#include "clients/load/run/generator_group.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tvl::load {

class mpi_job {
 public:
  // Starts it and waits for all connections. Throws bad_plan: no mpirun, or the hosts do not reach each other.
  mpi_job(const load_hosts&, const std::filesystem::path& rank_program);
  ~mpi_job();  // ends all of it, on every host
  mpi_job(const mpi_job&) = delete;
  mpi_job& operator=(const mpi_job&) = delete;

  // One for each generator process, in the order of the hosts, the probe's last. They must not outlive this.
  std::vector<generator_group::member> take_members();
  // Ends the window everywhere.
  void stop();
  // Why it ended, in one line.
  std::string complaint();

 private:
  explicit mpi_job(const load_hosts&);
  void start(const std::filesystem::path& rank_program);
  bool has_ended();

  const load_hosts& hosts_;
  const std::vector<std::string> names_;  // the host of each process but rank 0
  std::filesystem::path folder_;          // of this job alone: the socket, and what mpirun says
  descriptor listener_;
  std::vector<descriptor> connections_;
  pid_t pid_ = 0;  // 0 = has been waited for
  bool stopped_ = false;
};

}  // namespace tvl::load
