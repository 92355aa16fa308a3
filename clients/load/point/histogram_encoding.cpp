// HdrHistogram's V2 log encoding: base64(compressed cookie, length, zlib(cookie, header, counters)).
//
//   offset  bytes  header, big-endian
//        0      4  cookie 0x1c849303 | 0x10
//        4      4  length of the counters in bytes
//        8      4  normalizing index offset, 0
//       12      4  significant digits
//       16      8  lowest trackable value
//       24      8  highest trackable value
//       32      8  integer-to-double ratio, the double 1.0
//       40         counters up to the highest one in use: zigzag LEB128 of at most nine bytes; -n is n zeros

#include "clients/load/point/histogram.hpp"

#include <bit>
#include <stdexcept>
#include <string_view>
#include <zlib.h>

namespace tvl::load {

namespace {

constexpr std::uint32_t cookie_base = 0x1c849303;
constexpr std::uint32_t compressed_cookie_base = 0x1c849304;
constexpr std::uint32_t word_size_bits = 0xf0;  // which writers set in different ways: ignored when reading
constexpr std::uint32_t word_size = 0x10;
constexpr std::size_t header_bytes = 40;
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[noreturn]] void refuse(const char* why) {
  throw std::invalid_argument(std::string("not an HdrHistogram V2 of ours: ") + why);
}

void put(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

void put_varint(std::string& out, std::int64_t value) {
  auto zigzag = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 0; i < 8 && zigzag >= 0x80; ++i, zigzag >>= 7) out += static_cast<char>(zigzag | 0x80);
  out += static_cast<char>(zigzag);  // the ninth byte, if it comes to that, carries eight bits
}

// Reads off the front of a byte string; running past its end is bad input.
class reader {
 public:
  explicit reader(std::string_view bytes) : left_(bytes) {}

  bool done() const { return left_.empty(); }
  std::string_view rest() const { return left_; }

  std::uint64_t take(int bytes) {
    std::uint64_t value = 0;
    while (bytes-- > 0) value = value << 8 | byte();
    return value;
  }

  std::int64_t take_varint() {
    std::uint64_t zigzag = 0;
    for (int shift = 0;; shift += 7) {
      const std::uint64_t b = byte();
      const bool last = shift == 56;
      zigzag |= (last ? b : b & 0x7f) << shift;
      if (last || b < 0x80) break;
    }
    return static_cast<std::int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
  }

 private:
  std::uint8_t byte() {
    if (left_.empty()) refuse("cut off");
    const auto b = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return b;
  }

  std::string_view left_;
};

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < group.size() ? static_cast<std::uint8_t>(group[k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= group.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) refuse("its base64 is cut off");
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int pending = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == digits.npos) refuse("its base64 has a foreign character");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if ((pending += 6) >= 8) bytes += static_cast<char>(bits >> (pending -= 8));
  }
  return bytes;
}

std::string deflated(const std::string& plain) {
  auto size = compressBound(plain.size());
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
               plain.size()) != Z_OK)
    throw std::runtime_error("zlib could not compress a histogram");
  packed.resize(size);
  return packed;
}

std::string inflated(std::string_view packed, std::size_t at_most) {
  uLongf size = at_most;
  std::string plain(size, '\0');
  if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                 packed.size()) != Z_OK)
    refuse("its payload cannot be decompressed");
  plain.resize(size);
  return plain;
}

std::string unpacked(std::string_view frame, std::size_t at_most) {
  reader in(frame);
  if ((in.take(4) & ~word_size_bits) != (compressed_cookie_base & ~word_size_bits)) refuse("another format");
  if (in.take(4) != in.rest().size()) refuse("its length is wrong");
  return inflated(in.rest(), at_most);
}

std::string_view counters_of(std::string_view plain) {
  reader in(plain);
  if ((in.take(4) & ~word_size_bits) != (cookie_base & ~word_size_bits)) refuse("another version");
  const auto length = in.take(4);
  if (in.take(4) != 0) refuse("its buckets are shifted");
  if (in.take(4) != histogram::significant_digits || in.take(8) != 1) refuse("another precision");
  in.take(8);  // the highest value it could hold; what counts is what it does hold
  if (std::bit_cast<double>(in.take(8)) != 1.0) refuse("its values are scaled");
  if (in.rest().size() != length) refuse("its length is wrong");
  return in.rest();
}

}  // namespace

std::string histogram::encode() const {
  std::string counters;
  if (count_ == 0) put_varint(counters, 0);
  const std::size_t end = count_ == 0 ? 0 : last() + 1;
  for (std::size_t i = 0; i < end;) {
    std::size_t zeros = i == 0 ? first() : 0;
    while (i + zeros < end && counts_[i + zeros] == 0) ++zeros;
    if (zeros > 1) {
      put_varint(counters, -static_cast<std::int64_t>(zeros));
      i += zeros;
    } else {
      put_varint(counters, static_cast<std::int64_t>(counts_[i++]));
    }
  }

  std::string plain;
  put(plain, cookie_base | word_size, 4);
  put(plain, counters.size(), 4);
  put(plain, 0, 4);
  put(plain, significant_digits, 4);
  put(plain, 1, 8);
  put(plain, highest_trackable, 8);
  put(plain, std::bit_cast<std::uint64_t>(1.0), 8);
  plain += counters;

  const auto packed = deflated(plain);
  std::string frame;
  put(frame, compressed_cookie_base | word_size, 4);
  put(frame, packed.size(), 4);
  return to_base64(frame + packed);
}

histogram histogram::decode(const std::string& text) {
  histogram result;
  const auto plain = unpacked(from_base64(text), header_bytes + 9 * size);
  reader in(counters_of(plain));

  for (std::size_t i = 0; !in.done();) {
    const auto value = in.take_varint();
    const auto entries = value < 0 ? 0 - static_cast<std::uint64_t>(value) : 1;
    if (entries > size - i) refuse("it reaches beyond one hour");
    if (value > 0) {
      const auto samples = static_cast<std::uint64_t>(value);
      const auto low = lowest_of(i), high = highest_of(i);
      if (!result.counts_) result.allocate();
      result.counts_[i] = samples;
      result.count_ += samples;
      result.min_ = std::min(result.min_, low);
      result.max_ = high;
      result.sum_ += (static_cast<double>(low) + static_cast<double>(high)) / 2 * static_cast<double>(samples);
    }
    i += entries;
  }
  return result;
}

}  // namespace tvl::load
