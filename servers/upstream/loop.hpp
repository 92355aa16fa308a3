#pragma once
// The loop that serves both ports.

#include "servers/upstream/service.hpp"

#include <openssl/ssl.h>

namespace tvl::upstream {

// Takes over two listening sockets and serves them until SIGTERM or SIGINT, which ends pending requests.
void serve_until_stopped(int plain_listener, int tls_listener, SSL_CTX*, service&);

}  // namespace tvl::upstream
