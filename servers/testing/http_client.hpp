#pragma once
// A raw TCP client for tests of HTTP. Non-blocking underneath, so that every call has a time limit.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::conformance {

// Limit of every call; only a hanging server comes near it, even on a busy machine.
inline constexpr std::chrono::seconds patience{20};

class client {
 public:
  explicit client(unsigned short port);  // connects; throws std::system_error
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  // Sends all of it in segments of at most `piece` bytes and keeps what arrives meanwhile. False when the server stops
  // reading.
  bool send(std::string_view bytes, std::size_t piece = std::size_t(-1));
  // Sends, without reading, until the connection has taken nothing for a while. Returns the number of bytes.
  std::size_t offer(std::string_view bytes);
  void finish_sending();  // a FIN, half-closed
  void hang_up();         // a FIN, and the reply is not read
  void reset();           // an RST

  // Waits until `size` bytes have arrived since the last take(); false when the connection ended before.
  bool receive(std::size_t size);
  // Waits for the server to end the connection. False for a timeout or a reset.
  bool receive_to_end();
  // Whether the connection has ended, without waiting.
  bool ended();
  // Waits until the server's kernel has everything, or the connection has ended. Bytes still on this side in a drain
  // would never be read or counted.
  bool delivered();
  // Bytes since the last take(), without waiting.
  std::size_t arrived();
  // Returns and clears what has arrived.
  std::string take();

  // Reads slowly from now on.
  void be_slow() { slow_ = true; }

  std::uint64_t sent() const { return sent_; }
  std::uint64_t received() const { return received_; }

 private:
  enum class state { open, ended, failed };

  bool wait(short events, std::chrono::steady_clock::time_point until) const;
  void read_once();

  int socket_ = -1;
  state state_ = state::open;
  bool slow_ = false;
  std::string input_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace tvl::conformance
