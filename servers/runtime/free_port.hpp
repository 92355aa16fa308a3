#pragma once
// TCP ports of 127.0.0.1 for servers that have to be told one.

namespace tvl::suite {

// Nobody uses it now; that this is still so when the server binds it cannot be promised. It is below the range from
// which the kernel takes the ports of outgoing connections (ip_local_port_range, 32768 and up unless somebody changed
// it): of those a load run opens thousands between this call and the server's bind(). Throws std::system_error.
int unused_port();

// The same port, or std::system_error when somebody uses it. What an earlier server left in TIME_WAIT does not count.
void check_unused(int port);

}  // namespace tvl::suite
