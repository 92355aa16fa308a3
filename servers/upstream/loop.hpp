#pragma once
// The one loop that serves both ports.

#include "servers/upstream/service.hpp"

#include <openssl/ssl.h>

namespace tvl::upstream {

// Serves two listening sockets, which it takes over, until SIGTERM or SIGINT; what is in flight then, ends.
void serve_until_stopped(int plain_listener, int tls_listener, SSL_CTX*, service&);

}  // namespace tvl::upstream
