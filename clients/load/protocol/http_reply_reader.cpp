#include "clients/load/protocol/http_reply_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tvl::load {

namespace http = boost::beast::http;

namespace {
// Limit of a header or chunk line, against unbounded memory use.
constexpr std::uint32_t most_header = 64u << 10;
}  // namespace

class reply_reader::parser : public http::basic_parser<false> {
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

 public:
  explicit parser(const expectation& expected)
      : body_(expected.body ? &*expected.body : nullptr), pattern_(expected.pattern.get()) {
    eager(true);
    skip(expected.head);
    header_limit(most_header);
    body_limit(boost::none);
  }
  reply result() const {
    const bool equal = !body_ || (equal_ && compared_ == body_->size());
    return {status_, keep_alive(), equal && (!pattern_ || pattern_->matches(begin_))};
  }
  // Consumes what it can of `input`; false when it is not HTTP.
  bool take(std::string_view& input) {
    // Beast 1.81 asserts when it sees less than the shortest end of a chunked body.
    constexpr std::string_view last_chunk = "0\r\n\r\n";
    if (is_header_done() && chunked() && input.size() < last_chunk.size()) return true;
    error_code ec;
    input.remove_prefix(put(boost::asio::const_buffer(input.data(), input.size()), ec));
    return !ec || ec == http::error::need_more;
  }
  // 1xx: the final reply follows.
  bool interim() const { return status_ >= 100 && status_ < 200 && status_ != 101; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override { status_ = status; }
  void on_field_impl(http::field, string_view, string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view piece, error_code&) override {
    if (body_)
      equal_ =
          equal_ && body_->compare(std::min(compared_, body_->size()), piece.size(), piece.data(), piece.size()) == 0;
    compared_ += piece.size();
    if (pattern_) begin_.append(piece.data(), std::min(piece.size(), body_pattern::most_bytes - begin_.size()));
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code& ec) override {
    return on_body_impl(piece, ec);
  }
  void on_finish_impl(error_code&) override {}

  int status_ = 0;
  const std::string* body_;
  const body_pattern* pattern_;
  std::string begin_;  // of the body, for the pattern
  std::size_t compared_ = 0;
  bool equal_ = true;
};

struct reply_reader::partial {
  reply_reader::parser parser;
  std::string rest;  // bytes that the parser did not consume; passed again with the next ones
};

void reply_reader::deleter::operator()(partial* p) const { delete p; }

reply_reader::result reply_reader::read(std::string_view& input, const expectation& expected, reply& into) {
  std::string kept;
  for (;;) {
    std::optional<parser> fresh;
    parser& p = partial_ ? partial_->parser : fresh.emplace(expected);
    if (partial_ && !partial_->rest.empty()) {
      kept = std::exchange(partial_->rest, {}).append(input);
      input = kept;
    }
    if (!p.take(input)) return result::bad;
    if (!p.is_done()) {
      if (input.size() > most_header) return result::bad;
      if (fresh) partial_.reset(new partial{std::move(*fresh), {}});
      partial_->rest = input;
      input = {};
      return result::need_more;
    }
    into = p.result();
    const bool interim = p.interim();
    partial_.reset();
    if (!interim) break;
    if (input.empty()) return result::need_more;
  }
  if (kept.empty()) return result::complete;
  // `input` points into `kept`, so bytes after the reply cannot be returned to the caller; without pipelining there
  // must be none.
  return std::exchange(input, {}).empty() ? result::complete : result::bad;
}

reply_reader::result reply_reader::end(reply& into) {
  if (!partial_) return result::need_more;
  boost::beast::error_code ec;
  partial_->parser.put_eof(ec);
  const bool whole = !ec && partial_->parser.is_done();
  if (whole) into = partial_->parser.result();
  into.keep_alive = false;
  partial_.reset();
  return whole ? result::complete : result::bad;
}

}  // namespace tvl::load
