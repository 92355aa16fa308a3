#include "clients/load/protocol/http_reply_reader.hpp"

#include "clients/load/protocol/http_body.hpp"
#include "clients/load/protocol/http_head.hpp"
#include "clients/load/protocol/http_lines.hpp"

#include <algorithm>
#include <utility>

namespace tvl::load {
namespace {

bool has_header_end(std::string_view text, std::size_t from) {
  return text.find("\n\r\n", from) != text.npos || text.find("\n\n", from) != text.npos;
}

// The cause when the connection ends there.
std::string unfinished_header(std::string_view text) {
  head_parser parser(false);
  if (parser.parse(text) == head_parser::result::bad) return parser.cause();
  return "connection closed inside the header, after " + std::to_string(text.size()) + " bytes";
}

// The header that this thread has parsed last. Replies of a server mostly have the same one, until the second in its
// Date is over, and the same bytes say the same: comparing them is cheaper than parsing them again.
struct parsed_header {
  std::string bytes;  // with its empty line; empty = none
  bool to_head = false;
  reply_head head;

  bool begins(std::string_view input, bool reply_to_head) const {
    return !bytes.empty() && to_head == reply_to_head && input.starts_with(bytes);
  }
  void keep(std::string_view header, bool reply_to_head, const reply_head& found) {
    bytes = header;  // mostly without an allocation
    to_head = reply_to_head;
    head = found;
  }
};
thread_local parsed_header last_header;

}  // namespace

struct reply_reader::partial {
  bool in_body = false;
  bool failed = false;
  reply_head head = {};
  reply_body body = {};
  std::string kept = {};  // the begin of a header, or of a line of the body; after a failure its cause

  bool begun() const { return in_body || !kept.empty(); }
  result fail(std::string cause) {
    failed = true;
    kept = std::move(cause);
    return result::bad;
  }
  result read(std::string_view& input, const expectation&);
  result read_head(std::string_view& input, bool to_head);
  result more_head(std::string_view& input);
  result read_body(std::string_view& input);
};

void reply_reader::deleter::operator()(partial* p) const { delete p; }

reply_reader::result reply_reader::partial::read(std::string_view& input, const expectation& expected) {
  if (failed) return result::bad;
  while (!in_body) {
    if (const auto got = read_head(input, expected.head); got != result::complete) return got;
    if (head.is_interim()) continue;
    body = reply_body(head, expected.body ? &*expected.body : nullptr, expected.pattern.get());
    in_body = true;
  }
  return read_body(input);
}

reply_reader::result reply_reader::partial::read_body(std::string_view& input) {
  switch (body.read(input, kept)) {
    case reply_body::result::need_more:
      return result::need_more;
    case reply_body::result::complete:
      return result::complete;
    case reply_body::result::bad:
      break;
  }
  failed = true;
  return result::bad;
}

// The header is parsed in the input where it came in one piece, else in `kept`, once its end is there: what is found
// must not depend on the pieces. What does not begin like HTTP is refused at once.
reply_reader::result reply_reader::partial::read_head(std::string_view& input, bool to_head) {
  const std::size_t before = kept.size();
  if (before == 0 && last_header.begins(input, to_head)) {
    head = last_header.head;
    input.remove_prefix(last_header.bytes.size());
    return result::complete;
  }
  if (before > 0) kept.append(input);
  const std::string_view text = before > 0 ? std::string_view(kept) : input;
  const bool is_http = begins_like_http(text);
  if (before > 0 && is_http && !has_header_end(text, before - std::min<std::size_t>(before, 2)))
    return more_head(input);
  head_parser parser(to_head);
  auto parsed = parser.parse(text);
  if (parsed == head_parser::result::bad && before == 0 && is_http && !has_header_end(text, 0))
    parsed = head_parser::result::need_more;
  switch (parsed) {
    case head_parser::result::need_more:
      if (before == 0) kept = input;
      return more_head(input);
    case head_parser::result::bad:
      return fail(parser.cause());
    case head_parser::result::complete:
      break;
  }
  if (parser.size() > most_header) return fail(too_long(text.substr(0, parser.size()), true));
  head = parser.head();
  if (before == 0) last_header.keep(text.substr(0, parser.size()), to_head, head);
  input.remove_prefix(parser.size() - before);
  kept.clear();
  return result::complete;
}

// All of the input is in `kept`.
reply_reader::result reply_reader::partial::more_head(std::string_view& input) {
  input = {};
  return kept.size() > most_header ? fail(too_long(kept, false)) : result::need_more;
}

reply_reader::result reply_reader::read(std::string_view& input, const expectation& expected, reply& into) {
  partial fresh;
  partial& p = partial_ ? *partial_ : fresh;
  const auto got = p.read(input, expected);
  if (got == result::complete) {
    into = {p.head.status, p.head.keep_alive, p.body.as_expected()};
    partial_.reset();
  } else if (!partial_) {
    partial_.reset(new partial(std::move(fresh)));
  }
  return got;
}

reply_reader::result reply_reader::end(reply& into) {
  into.keep_alive = false;
  if (!partial_ || (!partial_->begun() && !partial_->failed)) return result::need_more;
  partial& p = *partial_;
  if (p.failed) return result::bad;
  if (!p.in_body) return p.fail(unfinished_header(p.kept));
  if (!p.body.ends_with_connection()) return p.fail(p.body.cut_off());
  into = {p.head.status, false, p.body.as_expected()};
  partial_.reset();
  return result::complete;
}

std::string reply_reader::cause() const { return partial_ && partial_->failed ? partial_->kept : std::string(); }

}  // namespace tvl::load
