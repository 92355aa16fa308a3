// The session of one connection: the same plans, replies and counters whatever the pieces in which its input comes and
// its output leaves.
//
// Choices: split of the input, seed of the answers, seed of the partial writes (0 = whole), end of input (1 = yes).

#include "servers/handler/limits.hpp"
#include "servers/handler/session.hpp"
#include "servers/testing/fuzzing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace {

using namespace tvl::handler;
using operation = plan::operation;
using tvl::fuzzing::numbers;

// Bytes of pattern bodies beyond which a run tells nothing new: they are only counted.
constexpr std::uint64_t enough_pattern = 64u << 20;

bool is_one_of_the_commands(const std::string& text) {
  constexpr std::array commands{"echo", "sleep", "flood", "fail"};
  return std::ranges::find(commands, text) != commands.end();
}

bool is_harmless_name(const std::string& text) {
  const auto harmless = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == ':' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= limits::name && text.find("..") == text.npos &&
         std::ranges::all_of(text, harmless);
}

void check_limits(const plan& p) {
  TVL_MUST(p.kind != operation::nothing, "a plan has an operation");
  TVL_MUST(p.time.count() <= std::max(limits::milliseconds * 1000, limits::microseconds), "time is within its limit");
  switch (p.kind) {
    case operation::fetch:
      return TVL_MUST(p.number >= 1 && p.number <= limits::calls, "calls are within their limit");
    case operation::stream:
      return TVL_MUST(p.number <= limits::chunks, "chunks are within their limit");
    case operation::query:
      return TVL_MUST(p.number <= limits::row, "a row is within its limit");
    case operation::ws_room:
      return TVL_MUST(p.number <= limits::room, "a room is within its limit");
    case operation::run:
      return TVL_MUST(p.text && is_one_of_the_commands(*p.text), "a command is one of the list");
    case operation::cache:
    case operation::object:
    case operation::token:
      return TVL_MUST(p.text && is_harmless_name(*p.text), "a name needs no escape");
    default:
      return;
  }
}

std::string in_words(const plan& p) {
  return std::to_string(static_cast<int>(p.kind)) + '/' + std::to_string(p.number) + '/' +
         std::to_string(p.time.count()) + (p.gather ? "g" : "s") + (p.text ? *p.text : "") + ';';
}

// A server with one connection.
class connection {
 public:
  connection(unsigned answers, unsigned writes) : answers_(answers), writes_(writes), partial_writes_(writes != 0) {}

  // False when it takes no more.
  bool take(std::string_view bytes) {
    session_.feed(bytes);
    taken_ += bytes.size();
    proceed();
    return goes_on();
  }
  void end() {
    if (!goes_on()) return;
    session_.end();
    proceed();
  }
  std::string summary() const {
    if (aborted_) return plans_;  // drops what has not been written
    return plans_ + ' ' + output_ + " +" + std::to_string(pattern_) + (upgraded_ ? " upgraded" : "") + ' ' +
           std::to_string(work_.requests) + '/' + std::to_string(work_.replies) + '/' + std::to_string(work_.errors);
  }
  void check_counters() const {
    TVL_MUST(work_.bytes_in == taken_, "bytes_in is what was fed");
    TVL_MUST(aborted_ || work_.bytes_out == output_.size() + pattern_, "bytes_out is what was sent");
    TVL_MUST(work_.errors <= work_.replies, "an error is a reply");
    TVL_MUST(work_.replies <= work_.requests + 1, "a reply is to a request, or the one refusal");
  }

 private:
  bool goes_on() const { return !upgraded_ && !aborted_ && !session_.finished() && pattern_ < enough_pattern; }

  void proceed() {
    do {
      while (const plan* p = session_.next()) {
        TVL_MUST(!closed_, "no plan follows a close");
        check_limits(*p);
        plans_ += in_words(*p);
        answer(*p);
        if (!goes_on()) break;
      }
      closed_ |= !session_.hungry() && !session_.has_output();
      if (!aborted_) write(true);
    } while (goes_on() && !session_.hungry());
    if (upgraded_ || aborted_) TVL_MUST(session_.next() == nullptr, "no plan follows an upgrade or an abort");
  }

  void answer(const plan& p) {
    numbers draw(answers_ * 1000 + ++answered_);
    const bool websocket = p.kind == operation::ws_echo || p.kind == operation::ws_room;
    constexpr std::array<std::uint16_t, 4> failures{404, 502, 503, 504};
    switch (draw.below(websocket ? 6 : 5)) {
      case 0:
        return session_.reply();
      case 1:
        return session_.reply({200, std::string(draw.below(100), 'x')});
      case 2:
        return session_.reply({failures[draw.below(4)], "why"});
      case 3:
        return stream(draw.below(4), draw.below(200), draw.below(2) == 1);
      case 4:
        aborted_ = draw.below(4) == 0;
        return aborted_ ? session_.abort() : session_.reply();
      case 5:
        write(true);
        session_.upgrade();
        upgraded_ = true;
    }
  }
  void stream(std::uint32_t pieces, std::uint32_t size, bool size_is_known) {
    session_.begin(size_is_known ? std::optional<std::uint64_t>(pieces * size) : std::nullopt);
    for (std::uint32_t i = 0; i < pieces; ++i) {
      session_.piece(std::string(size, 'p'));
      write(false);
    }
    session_.finish();
  }

  // Writes the output, all of it or until the socket is full.
  void write(bool all) {
    while (session_.has_output()) {
      const auto [text, pattern] = session_.output();
      const std::size_t most = text.size() + pattern.size();
      TVL_MUST(most > 0, "output is handed out");
      TVL_MUST(text.size() <= limits::unsent + 2 * limits::echo, "unsent text is bounded");
      const std::size_t n =
          partial_writes_ && most < 100'000 ? 1 + writes_.below(static_cast<std::uint32_t>(most)) : most;
      output_ += text.substr(0, n);
      pattern_ += n - std::min(n, text.size());
      session_.sent(n);
      if (!all && writes_.below(3) == 0) return;
    }
  }

  work work_;
  session session_{work_};
  const unsigned answers_;
  numbers writes_;
  const bool partial_writes_;
  std::uint64_t answered_ = 0, taken_ = 0, pattern_ = 0;
  std::string plans_, output_;
  bool upgraded_ = false, aborted_ = false, closed_ = false;
};

struct choices {
  unsigned answers, writes;
  bool ends;
};

// Whether the client is asked to continue, or refused, depends on how much of the body has come.
bool waits_to_continue(std::string_view bytes) {
  constexpr std::string_view field = "expect";
  const auto same = [](unsigned char a, char b) { return std::tolower(a) == b; };
  return !std::ranges::search(bytes, field, same).empty();
}

std::string served(std::string_view bytes, unsigned split, const choices& c) {
  connection one(c.answers, c.writes);
  tvl::fuzzing::in_pieces(bytes, split, [&](std::string_view piece) { return one.take(piece); });
  if (c.ends) one.end();
  one.check_counters();
  return one.summary();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tvl::fuzzing::input in(data, size);
  const unsigned split = in.choice(tvl::fuzzing::ways_to_split);
  const choices c{in.choice(256), in.choice(256), in.choice(2) == 1};
  const auto at_once = served(in.rest(), tvl::fuzzing::whole, {c.answers, 0, c.ends});
  const auto in_pieces = served(in.rest(), split, c);
  if (!waits_to_continue(in.rest())) tvl::fuzzing::must_equal(at_once, in_pieces, "the same, whatever the pieces");
  return 0;
}
