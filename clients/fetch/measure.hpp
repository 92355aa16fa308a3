#pragma once
// Runs one way of downloading and measures its cost.

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
  std::size_t ok = 0, failed = 0, not_done = 0;  // their sum is the number of URLs
  std::uint64_t bytes = 0;                       // received, of all bodies
  clock::duration wall{};
  clock::duration own{};                       // sum of the times of ended downloads
  std::chrono::microseconds user{}, system{};  // CPU time of the process; the kernel estimates the split by sampling
  std::size_t threads = 0;          // largest number at once, with main, libcurl's resolvers and threads about to end
  std::vector<download> downloads;  // in the order of the URLs
};

// Does not count threads that exist at the first call, except the caller's.
measured measure(const way&, const settings&, const std::stop_token&, const job::listener& ended);

}  // namespace tvl::fetch
