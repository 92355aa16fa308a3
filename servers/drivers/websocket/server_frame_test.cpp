#include "servers/drivers/websocket/server_frame.hpp"

#include "servers/conformance/websocket_transcripts.hpp"

#include <gtest/gtest.h>

namespace tvl::waits {
namespace {

TEST(frame, says_its_length_in_the_shortest_way) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u, 1048576u}) {
    const std::string payload(size, 'x');
    EXPECT_EQ(*make_frame(opcode::binary, payload), conformance::server_message(conformance::binary, payload)) << size;
  }
}

TEST(frame, closes_with_a_code) {
  EXPECT_EQ(*make_close(close_code::going_away), "\x88\x02\x03\xe9");
  EXPECT_TRUE(is_close(*make_close(close_code::policy_error)));
  for (const std::string other : {"", "H", "\x81", "\x8a", "\x08"}) EXPECT_FALSE(is_close(other));
}

TEST(frame, of_text_may_be_cut_off) {
  for (const std::string whole :
       {"", "a", "a\x7f", "\xce\xba", "a\xe1\xbd\xb9", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80z"})
    EXPECT_FALSE(is_cut_off(whole)) << whole;
  for (const std::string cut :
       {"\xce", "a\xce", "\xce\xba\xce", "\xe1", "\xe1\xbd", "\xf0", "\xf0\x9f", "z\xf0\x9f\x98"})
    EXPECT_TRUE(is_cut_off(cut)) << cut;
}

}  // namespace
}  // namespace tvl::waits
