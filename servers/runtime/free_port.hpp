#pragma once
// Free TCP ports of 127.0.0.1.

namespace tvl::suite {

// Returns a currently free port; another process may take it before bind(). It is below the kernel's range for outgoing
// connections (ip_local_port_range, by default from 32768), of which a load run opens thousands in between. Throws
// std::system_error.
int unused_port();

// Throws std::system_error when the port is in use. Connections in TIME_WAIT of an earlier server do not count.
void check_unused(int port);

}  // namespace tvl::suite
