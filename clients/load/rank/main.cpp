// tvl-load-rank: one process of `tvl-load --hosts`, which mpirun starts on every host. Not for use by hand.

#include "bench/version/version.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/exit_codes.hpp"
#include "clients/load/base/this_program.hpp"
#include "clients/load/cluster/network.hpp"
#include "clients/load/rank/coordinator.hpp"
#include "clients/load/rank/host.hpp"

#include <iostream>
#include <mpi.h>
#include <string>
#include <string_view>

namespace {

std::string name = "tvl-load-rank";  // in complaints; tvl-load knows which host a rank is

}  // namespace

int main(int argc, char** argv) try {
  using namespace tvl::load;
  const std::string_view flag = argc > 1 ? argv[1] : "";
  const bool checks = flag == "--check" && argc == 3;
  if (checks) own_address(argv[2]);
  if (checks || flag == "--version") {
    std::cout << tvl::version_line("tvl-load-rank") << std::endl;
    return 0;
  }
  const bool coordinates = flag == "--socket" && argc == 3;
  if (argc > 1 && !coordinates) throw bad_plan("is started by tvl-load --hosts");
  MPI_Init(&argc, &argv);
  int rank = 0, ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (coordinates != (rank == 0) || ranks < 2) throw bad_plan("is started by tvl-load --hosts");
  name = "rank " + std::to_string(rank);
  coordinates ? rank::coordinate(argv[2], ranks) : rank::serve_host(this_program().parent_path() / "tvl-load");
  MPI_Finalize();
  return 0;
} catch (...) {
  const int code = tvl::load::report_exception(name);
  int begun = 0;
  MPI_Initialized(&begun);
  if (begun != 0) MPI_Abort(MPI_COMM_WORLD, code);
  return code;
}
