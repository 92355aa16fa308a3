#pragma once
// Counters that the clients of one server expect it to report.

#include "servers/conformance/transcripts.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace tvl::conformance {

struct expected_counters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t ended_idle = 0;
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::uint64_t error_replies = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t upgrades = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t messages_dropped = 0;
  std::uint64_t protocol_failures = 0;

  // `replies_text` was received; `refusals` of its replies were to no whole request.
  void add_replies(const std::string& replies_text, unsigned refusals = 0) {
    const auto n = count_replies(replies_text);
    replies += n;
    requests += n - refusals;
    error_replies += count_errors(replies_text);
  }
  // One connection, at its end.
  void add_connection(std::uint64_t sent, std::uint64_t received) {
    ++accepted;
    bytes_in += sent;
    bytes_out += received;
  }
  nlohmann::json to_json() const {
    return {{"accepted", accepted},
            {"refused", refused},
            {"timed_out", timed_out},
            {"ended_idle", ended_idle},
            {"requests", requests},
            {"replies", replies},
            {"error_replies", error_replies},
            {"bytes_in", bytes_in},
            {"bytes_out", bytes_out},
            {"upgrades", upgrades},
            {"messages_in", messages_in},
            {"messages_out", messages_out},
            {"messages_dropped", messages_dropped},
            {"protocol_failures", protocol_failures}};
  }
};

}  // namespace tvl::conformance
