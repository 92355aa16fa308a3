// What a WebSocket server sends: the same answer to an upgrade and the same messages whatever the pieces in which they
// come, and what the servers here send is read as it was meant.
//
// Choices: split, what is read (0 = the answer to an upgrade, 1 = frames, 2 = a message of our servers), limit of a
// message (0 = 1 MiB, 1 = 300 bytes).

#include "clients/load/protocol/websocket_frames.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"
#include "servers/drivers/websocket/server_frame.hpp"
#include "servers/testing/fuzzing.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace {

using namespace tvl::load;

constexpr std::array limits{1u << 20, 300u};
constexpr std::size_t longest_control = 125;

std::string upgraded(std::string_view bytes, unsigned split) {
  static const upgrade_offer offer{"GET", accept_of("dGhlIHNhbXBsZSBub25jZQ=="), {"chat"}};
  upgrade_reader reader;
  std::string found, cause;
  std::size_t taken = 0;
  tvl::fuzzing::in_pieces(bytes, split, [&](std::string_view piece) {
    const auto size = piece.size();
    const auto what = reader.read(piece, offer, cause);
    taken += size - piece.size();
    if (what == upgrade_reader::result::need_more) {
      TVL_MUST(piece.empty(), "a partial answer takes all input");
      return true;
    }
    const bool accepted = what == upgrade_reader::result::accepted;
    TVL_MUST(accepted || !cause.empty(), "a failure has a cause");
    TVL_MUST(cause.find('\n') == cause.npos, "a cause is one line");
    found = accepted ? "accepted, " + std::to_string(taken) + " bytes" : cause;
    return false;
  });
  return found;
}

std::string in_words(frame_reader::result what, const incoming& m) {
  return std::to_string(static_cast<int>(what)) + ':' + std::to_string(static_cast<int>(m.kind)) + ':' +
         std::string(m.payload) + '|';
}

void check(frame_reader::result what, const incoming& m, std::uint32_t limit) {
  TVL_MUST(m.payload.size() <= std::max<std::size_t>(limit, longest_control), "a message is within its limit");
  if (what != frame_reader::result::close) return;
  TVL_MUST(m.payload.size() != 1, "a close has no payload, or a code");
  const auto words = close_words(m.payload);
  TVL_MUST(!words.empty() && words.find('\n') == words.npos, "a close is said in one line");
}

// All messages up to the first fault.
std::string messages(std::string_view bytes, unsigned split, std::uint32_t limit) {
  frame_reader reader(limit);
  std::string found;
  tvl::fuzzing::in_pieces(bytes, split, [&](std::string_view piece) {
    while (!piece.empty()) {
      incoming m;
      const auto what = reader.read(piece, m);
      if (what == frame_reader::result::bad) {
        TVL_MUST(!m.payload.empty(), "a fault has a cause");
        found += "bad";
        return false;
      }
      if (what == frame_reader::result::need_more) {
        TVL_MUST(piece.empty(), "a partial message takes all input");
        return true;
      }
      check(what, m, limit);
      found += in_words(what, m);
    }
    return true;
  });
  return found;
}

void send_and_read(std::string_view text, unsigned split) {
  const auto frame = tvl::waits::make_frame(tvl::waits::opcode::binary, text);
  incoming m;
  m.kind = opcode::binary;
  m.payload = text;
  tvl::fuzzing::must_equal(in_words(frame_reader::result::message, m), messages(*frame, split, limits[0]),
                           "a message is read as it was sent");
  TVL_MUST(!tvl::waits::is_close(*frame), "a message is no close");
  (void)tvl::waits::is_cut_off(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tvl::fuzzing::input in(data, size);
  const unsigned split = in.choice(tvl::fuzzing::ways_to_split), what = in.choice(3);
  const auto limit = limits[in.choice(limits.size())];
  switch (what) {
    case 0:
      tvl::fuzzing::must_equal(upgraded(in.rest(), tvl::fuzzing::whole), upgraded(in.rest(), split),
                               "the same answer, whatever the pieces");
      break;
    case 1:
      tvl::fuzzing::must_equal(messages(in.rest(), tvl::fuzzing::whole, limit), messages(in.rest(), split, limit),
                               "the same messages, whatever the pieces");
      break;
    default:
      send_and_read(in.rest(), split);
      break;
  }
  return 0;
}
