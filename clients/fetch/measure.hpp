#pragma once
// One way run once, with its bill.

#include "clients/fetch/job.hpp"
#include "clients/fetch/ways.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tvl::fetch {

struct measured {
  std::string way;
  std::size_t ok = 0, failed = 0, not_done = 0;  // together: the URLs
  std::uint64_t bytes = 0;                       // of all bodies, as far as they came
  clock::duration wall{};
  clock::duration own{};                       // sum of the ended downloads' own times
  std::chrono::microseconds user{}, system{};  // CPU time of the whole process; the kernel samples how it is split
  std::size_t threads = 0;          // at most at once, main's included, libcurl's resolvers and those about to end too
  std::vector<download> downloads;  // in the order of the URLs
};

// Threads that the process has when it is called first are not counted.
measured measure(const way&, const settings&, const std::stop_token&, const job::listener& ended);

}  // namespace tvl::fetch
