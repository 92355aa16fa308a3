#pragma once
// Source addresses of connections, and the most connections that ports and descriptors allow.

#include "clients/load/base/bad_plan.hpp"

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {

// "127.0.0.1-127.0.0.40", "127.0.0.1,127.0.0.7" or a list of both, in the order given. Throws bad_plan: not IPv4, a
// range that runs backwards, an address named twice, more than 4096 of them, one that this machine cannot send from.
std::vector<in_addr> parse_sources(const std::string& text);

// Binds the unconnected `socket` to `address`. connect() chooses the port later, so it can use one port towards several
// targets. False with errno set on failure.
bool bind_source(int socket, in_addr address);

// Descriptors of a process for everything but connections.
inline constexpr std::uint64_t spare_descriptors = 64;

// A limit of this machine does not allow a plan.
struct over_limit : bad_plan {
  over_limit(std::string limit, const std::string& what) : bad_plan(what), name(std::move(limit)) {}
  std::string name;  // of the limit, as the kernel calls it
};

// The most connections possible. TIME_WAIT and other processes use ports, too. Beyond half of
// `ports` from one source the kernel searches all the taken ones first: 1.4 ms of CPU for each connect() instead of
// 13 us (19,000 connections: 16.0 s from one source, 0.6 s from two; Linux 6.18, two cores).
struct budget {
  std::uint64_t open_files = 0;        // hard RLIMIT_NOFILE
  std::uint64_t descriptors = 0;       // of these, for connections
  std::optional<std::uint64_t> ports;  // of one source towards one target; none = cannot be read
  std::uint64_t sources = 1;           // addresses
  std::uint64_t targets = 1;           // address and port pairs connected to
  std::uint64_t processes = 1;         // of the generator, each with so many descriptors

  // "budget: 19,936 descriptors (RLIMIT_NOFILE hard 20000), 28,232 ports x 1 source; asked 8,000". With several
  // processes "budget: 3 processes x 19,936 descriptors (...".
  std::string line(std::uint64_t asked) const;
  // Throws over_limit when `asked` connections do not fit.
  void check(std::uint64_t asked) const;
};

// `sources` 0 = the one address that the kernel picks. Raises the soft limit of open files to the hard one, without
// which the budget would not hold.
budget claim_budget(std::size_t sources, std::size_t targets = 1);

}  // namespace tvl::load
