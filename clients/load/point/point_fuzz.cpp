// Points in JSON and histograms in HdrHistogram's encoding, as they come out of a file: refused, or read so that they
// can be judged and written again.
//
// Choices: what the rest is (0 = JSON of a point, 1 = a histogram's text, 2 = the bytes that its text holds, 3 = its
// counters).

#include "clients/load/analysis/verdict.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"
#include "servers/testing/fuzzing.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <sstream>
#include <stdexcept>
#include <string>
#include <zlib.h>

namespace {

using namespace tvl::load;
using nlohmann::json;

void read_point(std::string_view text) {
  const auto parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return;
  try {
    const auto p = parsed.get<point>();
    (void)judge(p);
    const json once = p;
    const json again = once.get<point>();
    tvl::fuzzing::must_equal(once.dump(-1, ' ', false, json::error_handler_t::replace),
                             again.dump(-1, ' ', false, json::error_handler_t::replace), "a point is read as written");
  } catch (const json::exception&) {
  } catch (const std::invalid_argument&) {
  }
}

void check(const histogram& h) {
  std::uint64_t sum = 0;
  for (const auto& b : h.buckets()) sum += b.samples;
  TVL_MUST(sum == h.count(), "a count is the sum of the buckets");
  if (h.count() == 0) return TVL_MUST(!h.min() && !h.max() && !h.mean() && !h.quantile(.5), "nothing has no value");
  TVL_MUST(*h.min() <= *h.max(), "min is not above max");
  for (const double q : {0., .5, .99, 1.}) {
    const auto value = h.quantile(q);
    TVL_MUST(value && *value >= 0 && *value <= *h.max(), "a quantile lies in the range");
  }
}

void read_histogram(const std::string& text) {
  try {
    const auto h = histogram::decode(text);
    check(h);
    const auto encoded = h.encode();
    const auto again = histogram::decode(encoded);
    TVL_MUST(again.count() == h.count(), "a histogram is read as written");
    tvl::fuzzing::must_equal(encoded, again.encode(), "a histogram is written alike");
    histogram sum;
    sum.merge(h);
    check(sum);
    std::ostringstream table;
    if (h.count() < 1'000'000) write_hgrm(table, h, 1000);
  } catch (const std::invalid_argument&) {
  }
}

void append_number(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? bytes[i + k] & 0xffu : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

// HdrHistogram's V2 encoding: a cookie, the size, and the compressed payload.
std::string compressed(std::string_view payload) {
  auto size = ::compressBound(payload.size());
  std::string bytes(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(payload.data()),
             payload.size());
  bytes.resize(size);
  std::string all;
  append_number(all, 0x1c849314, 4);
  append_number(all, bytes.size(), 4);
  return base64(all + bytes);
}

std::string with_counters(std::string_view counters) {
  std::string payload;
  append_number(payload, 0x1c849313, 4);
  append_number(payload, counters.size(), 4);
  append_number(payload, 0, 4);  // normalizing index offset
  append_number(payload, histogram::significant_digits, 4);
  append_number(payload, 1, 8);
  append_number(payload, histogram::highest_trackable, 8);
  append_number(payload, std::bit_cast<std::uint64_t>(1.0), 8);
  return compressed(payload.append(counters));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tvl::fuzzing::input in(data, size);
  switch (in.choice(4)) {
    case 0:
      read_point(in.rest());
      break;
    case 1:
      read_histogram(std::string(in.rest()));
      break;
    case 2:
      read_histogram(compressed(in.rest()));
      break;
    default:
      read_histogram(with_counters(in.rest()));
      break;
  }
  return 0;
}
