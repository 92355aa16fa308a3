#pragma once
// The contract: what a server must answer at each endpoint. The checks compare with these bodies and types, and the
// page shows them: a test compares its table with contract_table().

#include <string>

namespace tvl::suite {

inline constexpr char contract_page[] = "servers/outsiders/CONTRACT.md";

inline constexpr char text_type[] = "text/plain", json_type[] = "application/json";
inline constexpr char hello[] = "Hello, World!";
inline constexpr char bytes_pattern[] = "0123456789abcdef";  // repeated
inline constexpr char subprocess_output[] = "hello from a subprocess\n";
inline constexpr int overlapping_requests = 32;
inline constexpr long upgrade_required = 426;

std::string slept(long ms);         // output of the subprocess that sleeps
std::string stream_chunk(long at);  // counted from 0

// A row per endpoint of all_endpoints(), in Markdown. Throws std::out_of_range for an endpoint without a contract.
std::string contract_table();

}  // namespace tvl::suite
