#pragma once
// A server that writes header and body apart and leaves Nagle's algorithm on: the body waits for the client's
// acknowledgement, which Linux delays by 40 ms.

#include "bench/support/http_client.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tvl::suite {

using milliseconds = std::chrono::duration<double, std::milli>;

// After the first one or two of a connection, which the kernel acknowledges at once.
inline constexpr int delayed_ack_replies = 6;

// How long the replies to so many requests took, in order.
std::vector<milliseconds> times_of(const std::function<reply()>& request, int replies);

// Empty unless most of them took about 40 ms, or a multiple of it.
std::string delayed_ack_hint(const std::vector<milliseconds>& took);

}  // namespace tvl::suite
