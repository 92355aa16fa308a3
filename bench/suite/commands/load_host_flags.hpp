#pragma once
// The flags of a load that comes from other hosts, whose servers run on this one.

#include "clients/load/cluster/load_hosts.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace tvl::suite {

struct load_host_flags {
  std::string names;       // as given; empty = the load comes from this machine
  load::load_hosts hosts;  // read from them
  std::string address;     // that the servers listen on
};

void add_load_host_flags(CLI::App&, load_host_flags&);

// After the command line is parsed: the names of the hosts, and the address. Throws bad_input: one of these flags
// without --load-hosts, no network, or a load for another host without `allowed`.
void read_load_hosts(load_host_flags&, bool allowed);

// Asks every host, before anything is measured. Throws bad_input for one that cannot be used.
void check_load_hosts(const load_host_flags&);

}  // namespace tvl::suite
