#pragma once
// A client's end of one connection, for tests: non-blocking underneath, so that no call outlasts its time.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::conformance {

// How long anything may take before a test gives it up; only a server that hangs comes near, on a machine however busy.
inline constexpr std::chrono::seconds patience{20};

class client {
 public:
  explicit client(unsigned short port);  // connects; throws std::system_error
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  // Sends all of it, in segments of at most `piece` bytes, and keeps what arrives meanwhile. False when the server
  // would not take it.
  bool send(std::string_view bytes, std::size_t piece = std::size_t(-1));
  // Sends what the connection takes until it has taken nothing for a while, and reads nothing. How many bytes that was.
  std::size_t offer(std::string_view bytes);
  void finish_sending();  // a FIN: half-closed
  void hang_up();         // a FIN, and nobody to read the reply
  void reset();           // a RST, whatever is on its way

  // Waits until `size` bytes have arrived in all since the last take(); fewer when the connection ended.
  bool receive(std::size_t size);
  // Waits for the server to end the connection. False when it did not, or did it with a reset.
  bool receive_to_end();
  // Whether the connection has ended by now, without waiting.
  bool ended();
  // Waits until the server's kernel has all that was sent, or the connection is no more. What is still on this side
  // when the server drains, it can never read and never count.
  bool delivered();
  // How many bytes have arrived since the last take(), without waiting.
  std::size_t arrived();
  // What has arrived, and forgets it.
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
