#include "servers/conformance/websocket_transcripts.hpp"

#include <array>

namespace tvl::conformance {
namespace {

using namespace std::string_literals;
using table = std::vector<websocket_transcript>;
using ending = websocket_ending;

constexpr unsigned char fin = 0x80;
constexpr std::size_t most = 1u << 20;  // bytes of a message

std::string big_endian(std::uint64_t value, int bytes) {
  std::string result;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) result += static_cast<char>(value >> shift);
  return result;
}

// A frame's length field: the shortest, or one of `bytes` bytes.
std::string length(std::uint64_t size, unsigned char masked, int bytes = 0) {
  if (bytes == 0) bytes = size <= 125 ? 1 : size <= 0xffff ? 3 : 9;
  if (bytes == 1) return big_endian(masked | size, 1);
  return big_endian(masked | (bytes == 3 ? 126u : 127u), 1) + big_endian(size, bytes - 1);
}

std::string pattern(std::size_t size) {
  std::string result;
  while (result.size() < size) result += "0123456789abcdef";
  result.resize(size);
  return result;
}
std::string times(unsigned n, const std::string& what) {
  std::string result;
  for (unsigned i = 0; i < n; ++i) result += what;
  return result;
}

std::string say(std::string_view payload) { return client_message(text, payload); }
std::string said(std::string_view payload) { return server_message(text, payload); }
std::string closed_with(std::uint16_t code) { return server_message(closing, close_payload(code)); }

websocket_transcript one(const std::string& name, const std::string& send, const std::string& expect,
                         ending end = ending::open, bool every_split = false) {
  return {.name = name, .steps = {{send, expect}}, .end = end, .every_split = every_split};
}
// A message before is answered, one after is not.
websocket_transcript fails(const std::string& name, const std::string& send, std::uint16_t code) {
  return one(name, say("before") + send + say("behind"), said("before") + closed_with(code), ending::failed);
}

void messages(table& all) {
  all.push_back(one("text", say("hello"), said("hello"), ending::open, true));
  all.push_back(one("binary", client_message(binary, "\0\x80\xff"s), server_message(binary, "\0\x80\xff"s)));
  all.push_back(one("empty", say("") + client_message(binary, ""), said("") + server_message(binary, "")));
  all.push_back(one("several", say("a") + say("") + client_message(binary, "b") + say("c"),
                    said("a") + said("") + server_message(binary, "b") + said("c"), ending::open, true));
  all.push_back(one("many", times(5000, say("hello")), times(5000, said("hello"))));
  for (const std::size_t size : {125u, 126u, 127u, 255u, 256u, 257u, 1535u, 1536u, 1537u, 65535u, 65536u, 65537u})
    all.push_back(one("of_" + std::to_string(size), say(pattern(size)), said(pattern(size))));
  all.push_back(one("at_the_limit", client_message(binary, pattern(most)), server_message(binary, pattern(most))));
  all.push_back(one("large_ones", times(8, say(pattern(300'000))), times(8, said(pattern(300'000)))));
  all.push_back({.name = "one_after_the_other",
                 .steps = {{say("a"), said("a")}, {say("bc"), said("bc")}, {say(pattern(9000)), said(pattern(9000))}}});
}

void fragments(table& all) {
  const auto first = [](std::string_view payload) { return client_frame(text, payload); };
  const auto next = [](std::string_view payload) { return client_frame(continuation, payload); };
  const auto last = [](std::string_view payload) { return client_message(continuation, payload); };
  all.push_back(one("fragments", first("he") + next("ll") + last("o"), said("hello"), ending::open, true));
  all.push_back(one("fragments_empty", first("") + next("") + next("a") + next("") + last(""), said("a")));
  all.push_back(one("fragments_of_nothing", first("") + last(""), said("")));
  all.push_back(
      one("fragments_of_binary", client_frame(binary, "\xff") + last("\xfe"), server_message(binary, "\xff\xfe")));
  all.push_back(one("fragments_many", first("") + times(3000, next("abc")) + last(""), said(times(3000, "abc"))));
  all.push_back(one("fragments_at_the_limit", first(pattern(most / 2)) + last(pattern(most / 2)), said(pattern(most))));
  all.push_back(one("fragments_to_the_limit_and_an_empty_one", first(pattern(most)) + last(""), said(pattern(most))));
  all.push_back(one("ping_between_fragments",
                    first("he") + client_message(ping, "x") + next("ll") + client_message(pong, "y") +
                        client_message(ping, "") + last("o"),
                    server_message(pong, "x") + server_message(pong, "") + said("hello"), ending::open, true));
  all.push_back(fails("continuation_of_nothing", next("x"), 1002));
  all.push_back(fails("end_of_nothing", last("x"), 1002));
  all.push_back(fails("continuation_after_the_end", first("a") + last("b") + last("c"), 1002));
  all.back().steps[0].expect = said("before") + said("ab") + closed_with(1002);
  all.push_back(fails("message_within_a_message", first("a") + say("b"), 1002));
  all.push_back(fails("fragments_within_fragments", first("a") + first("b"), 1002));
  all.push_back(one("close_between_fragments", first("a") + client_message(closing, close_payload(1000)),
                    closed_with(1000), ending::closed));
}

void control_frames(table& all) {
  all.push_back(one("ping", client_message(ping, "hello"), server_message(pong, "hello"), ending::open, true));
  all.push_back(one("ping_empty", client_message(ping, ""), server_message(pong, "")));
  all.push_back(one("ping_longest", client_message(ping, pattern(125)), server_message(pong, pattern(125))));
  all.push_back(one("ping_of_any_bytes", client_message(ping, "\xff\0\xfe"s), server_message(pong, "\xff\0\xfe"s)));
  all.push_back(one("pong_unasked", client_message(pong, "x") + client_message(pong, "") + say("a"), said("a")));
  all.push_back(one("ping_flood", times(20'000, client_message(ping, "0123456789")),
                    times(20'000, server_message(pong, "0123456789"))));
  all.push_back(fails("ping_too_long", "\x89"s + length(126, 0x80) + "mask" + pattern(126), 1002));
  all.push_back(fails("ping_much_too_long", "\x89"s + length(70'000, 0x80) + "mask", 1002));
  all.push_back(fails("ping_in_fragments", client_frame(ping, "x"), 1002));
  all.push_back(fails("pong_in_fragments", client_frame(pong, ""), 1002));
  all.push_back(fails("close_in_fragments", client_frame(closing, close_payload(1000)), 1002));
  all.push_back(fails("close_too_long", client_message(closing, close_payload(1000, pattern(124))), 1002));
}

void headers(table& all) {
  all.push_back(fails("unmasked", "\x81\x05hello", 1002));
  all.push_back(fails("unmasked_ping", "\x89\x01x", 1002));
  all.push_back(fails("unmasked_empty", "\x81\0"s, 1002));
  for (const unsigned char bit : {0x40, 0x20, 0x10}) {
    const auto name = "reserved_bit_" + std::to_string(bit);
    all.push_back(fails(name, client_frame(fin | bit | text, "x"), 1002));
    all.push_back(fails(name + "_of_a_ping", client_frame(fin | bit | ping, ""), 1002));
    all.push_back(fails(name + "_of_a_continuation", client_frame(text, "x") + client_frame(fin | bit, "y"), 1002));
  }
  for (const unsigned char opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    all.push_back(fails("reserved_opcode_" + std::to_string(opcode), client_message(opcode, ""), 1002));
  all.push_back(fails("length_in_3_bytes_not_1", "\x81"s + length(125, 0x80, 3) + "mask" + pattern(125), 1002));
  all.push_back(fails("length_in_9_bytes_not_3", "\x82"s + length(65535, 0x80, 9) + "mask", 1002));
  all.push_back(fails("length_with_its_highest_bit", "\x82"s + length(std::uint64_t{1} << 63, 0x80, 9) + "mask", 1009));
  all.push_back(one("half_closed_within_a_header", say("a") + "\x81", said("a"), ending::lost));
  all.push_back(one("half_closed_within_a_payload", say("a") + say("hello").substr(0, 9), said("a"), ending::lost));
  all.push_back(one("half_closed_within_a_message", say("a") + client_frame(text, "b"), said("a"), ending::lost));
  all.push_back(one("half_closed_between_messages", times(100, say("a")), times(100, said("a")), ending::lost));
  all.push_back(one("http_request", "GET /json HTTP/1.1\r\nHost: a\r\n\r\n", closed_with(1002), ending::failed));
}

void too_large(table& all) {
  const auto announced = [](std::uint64_t size) { return "\x82"s + length(size, 0x80) + "mask"; };
  all.push_back(
      one("one_too_large", say("before") + announced(most + 1), said("before") + closed_with(1009), ending::failed));
  all.push_back(
      one("one_too_large_and_there", client_message(binary, pattern(most + 1)), closed_with(1009), ending::failed));
  all.push_back(one("one_much_too_large", announced(std::uint64_t{1} << 40), closed_with(1009), ending::failed));
  all.push_back(one("fragments_too_large", client_frame(text, pattern(most)) + client_message(continuation, "x"),
                    closed_with(1009), ending::failed));
  all.push_back(one("fragments_too_large_before_the_end",
                    client_frame(binary, pattern(most - 1)) + client_frame(continuation, "xy"), closed_with(1009),
                    ending::failed));
  // Endless fragments: harmless if empty, otherwise they reach the limit.
  all.push_back(one("fragments_small_and_too_many",
                    client_frame(binary, "") + times(1025, client_frame(0, pattern(1024))), closed_with(1009),
                    ending::failed));
}

void utf8(table& all) {
  const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
  const std::string ends =
      "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  all.push_back(one("utf8", say(kosme) + say(ends) + say("\0"s), said(kosme) + said(ends) + said("\0"s)));
  for (std::size_t at = 1; at < kosme.size(); ++at)
    all.push_back(one("utf8_cut_at_" + std::to_string(at),
                      client_frame(text, kosme.substr(0, at)) + client_message(continuation, kosme.substr(at)),
                      said(kosme)));
  std::string bytes;
  for (std::size_t i = 0; i < kosme.size(); ++i)
    bytes += client_frame(i == 0 ? text : continuation, kosme.substr(i, 1));
  all.push_back(one("utf8_byte_by_byte", bytes + client_message(continuation, ""), said(kosme)));
  const std::array<std::pair<const char*, std::string>, 14> wrong{{
      {"lone_continuation", "\x80"},
      {"byte_fe", "a\xfe"},
      {"byte_ff", "\xff"},
      {"overlong_slash", "\xc0\xaf"},
      {"overlong_3", "\xe0\x80\xaf"},
      {"overlong_4", "\xf0\x80\x80\xaf"},
      {"surrogate", "\xed\xa0\x80"},
      {"surrogate_pair", "\xed\xa0\x80\xed\xb0\x80"},
      {"beyond_unicode", "\xf4\x90\x80\x80"},
      {"five_bytes", "\xf8\x88\x80\x80\x80"},
      {"cut_off_2", "\xce"},
      {"cut_off_3", "\xe1\xbd"},
      {"cut_off_4", "\xf0\x90\x80"},
      {"interrupted", "\xe1\xbdx"},
  }};
  for (const auto& [name, payload] : wrong) {
    all.push_back(fails("not_utf8_"s + name, say(payload), 1007));
    all.push_back(fails("not_utf8_"s + name + "_behind_much", say(pattern(5000) + payload), 1007));
    all.push_back(fails("not_utf8_"s + name + "_in_fragments",
                        client_frame(text, "ab") + client_message(continuation, payload), 1007));
    all.push_back(one("binary_"s + name, client_message(binary, payload), server_message(binary, payload)));
  }
  all.push_back(
      fails("not_utf8_over_fragments", client_frame(text, "\xe1\xbd") + client_message(continuation, "x"), 1007));
  all.push_back(fails("not_utf8_cut_off_by_an_empty_end",
                      client_frame(text, "\xe1\xbd") + client_message(continuation, ""), 1007));
  // At the first invalid byte, not at the end of the message.
  all.push_back(one("not_utf8_at_once", client_frame(text, "\xff"), closed_with(1007), ending::failed));
}

void closes(table& all) {
  const auto closes_with = [&](const std::string& name, const std::string& payload, std::uint16_t code) {
    all.push_back(one(name, say("a") + client_message(closing, payload) + say("b"), said("a") + closed_with(code),
                      ending::closed));
  };
  all.push_back(one("close", client_message(closing, close_payload(1000)), closed_with(1000), ending::closed, true));
  closes_with("close_without_code", "", 1000);
  closes_with("close_with_reason", close_payload(1001, "bye \xce\xba"), 1001);
  closes_with("close_with_longest_reason", close_payload(1000, pattern(123)), 1000);
  for (const std::uint16_t code : {1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999,
                                   5000, 65535})  // RFC 6455 7.4.2 does not define the last two
    closes_with("close_" + std::to_string(code), close_payload(code), code);
  for (const std::uint16_t code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999})
    all.push_back(fails("close_wrong_" + std::to_string(code), client_message(closing, close_payload(code)), 1002));
  all.push_back(fails("close_of_one_byte", client_message(closing, "\x03"), 1002));
  all.push_back(fails("close_not_utf8", client_message(closing, close_payload(1000, "\xff")), 1002));
  all.push_back(one("close_and_much_more", client_message(closing, close_payload(1000)) + pattern(300'000),
                    closed_with(1000), ending::closed));
}

}  // namespace

std::size_t websocket_transcript::size() const {
  std::size_t sum = 0;
  for (const auto& s : steps) sum += s.send.size();
  return sum;
}

const std::vector<websocket_transcript>& websocket_transcripts() {
  static const table all = [] {
    table t;
    for (const auto fill : {messages, fragments, control_frames, headers, too_large, utf8, closes}) fill(t);
    return t;
  }();
  return all;
}

std::string upgrade_request(std::string_view target, std::string_view fields) {
  return "GET " + std::string(target) +
         " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(fields) + "\r\n";
}

// Key and reply are RFC 6455's example (1.3).
const std::string& upgrade_reply() {
  static const std::string reply =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nServer: threads-vs-loop\r\n\r\n";
  return reply;
}

std::string client_frame(unsigned char first, std::string_view payload) {
  static const std::string mask = "\x37\xfa\x21\x3d";
  std::string result = big_endian(first, 1) + length(payload.size(), 0x80) + mask;
  for (std::size_t i = 0; i < payload.size(); ++i) result += static_cast<char>(payload[i] ^ mask[i % 4]);
  return result;
}

std::string server_message(unsigned char opcode, std::string_view payload) {
  return big_endian(fin | opcode, 1) + length(payload.size(), 0) + std::string(payload);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  return big_endian(code, 2) + std::string(reason);
}

std::vector<std::string> messages_in(std::string_view frames) {
  std::vector<std::string> result;
  const auto number = [&](std::size_t at, std::size_t bytes) {
    std::size_t n = 0;
    for (std::size_t i = at; i < at + bytes; ++i) n = n << 8 | static_cast<unsigned char>(frames[i]);
    return n;
  };
  while (frames.size() >= 2) {
    const auto opcode = number(0, 1) & 0x0f;
    const std::size_t extended = number(1, 1) == 126 ? 2 : number(1, 1) == 127 ? 8 : 0;
    if (frames.size() < 2 + extended) break;
    const auto size = extended > 0 ? number(2, extended) : number(1, 1);
    if (frames.size() - 2 - extended < size) break;
    if (opcode < closing) result.emplace_back(frames.substr(2 + extended, size));
    frames.remove_prefix(2 + extended + size);
  }
  return result;
}

}  // namespace tvl::conformance
