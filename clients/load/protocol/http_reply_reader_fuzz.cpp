// Replies of a server: the same first reply whatever the pieces in which it comes.
//
// Choices: split, the request's method (1 = HEAD), expected body (1 = "hello", 2 = a pattern), end of the stream
// (1 = yes).

#include "clients/load/protocol/http_reply_reader.hpp"
#include "servers/testing/fuzzing.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace tvl::load;
using result = reply_reader::result;

std::string in_words(const reply& r) {
  return std::to_string(r.status) + (r.keep_alive ? " stays" : " closes") + (r.body_as_expected ? "" : ", other body");
}

void check_cause(const reply_reader& reader) {
  const auto cause = reader.cause();
  TVL_MUST(!cause.empty() && cause.size() <= 200, "a cause has 1 to 200 characters");
  TVL_MUST(std::ranges::all_of(cause, [](char c) { return c >= ' ' && c <= '~'; }), "a cause is printable");
}

std::string first_reply(std::string_view bytes, unsigned split, const reply_reader::expectation& expected, bool ends) {
  reply_reader reader;
  reply r;
  std::string found;
  tvl::fuzzing::in_pieces(bytes, split, [&](std::string_view piece) {
    const auto size = piece.size();
    const auto what = reader.read(piece, expected, r);
    if (what == result::need_more) {
      TVL_MUST(piece.empty(), "a partial reply takes all input");
      return true;
    }
    if (what == result::bad) check_cause(reader);
    if (what == result::complete) TVL_MUST(piece.size() < size, "a reply takes input");
    found = what == result::bad ? "bad" : in_words(r);
    return false;
  });
  if (!found.empty() || !ends) return found;
  const auto what = reader.end(r);
  if (what == result::bad) check_cause(reader);
  return what == result::complete ? in_words(r) : what == result::bad ? "bad" : "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pattern = std::make_shared<const body_pattern>("h.*o");
  tvl::fuzzing::input in(data, size);
  const unsigned split = in.choice(tvl::fuzzing::ways_to_split);
  reply_reader::expectation expected;
  expected.head = in.choice(2) == 1;
  switch (in.choice(3)) {
    case 1:
      expected.body = "hello";
      break;
    case 2:
      expected.pattern = pattern;
      break;
    default:
      break;
  }
  const bool ends = in.choice(2) == 1;
  tvl::fuzzing::must_equal(first_reply(in.rest(), tvl::fuzzing::whole, expected, ends),
                           first_reply(in.rest(), split, expected, ends), "the same reply, whatever the pieces");
  return 0;
}
