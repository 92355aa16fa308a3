#include "servers/handler/session.hpp"

#include "servers/handler/limits.hpp"

#include <algorithm>
#include <utility>

namespace tvl::handler {
namespace {

// Bytes of one small reply: one allocation instead of several.
constexpr std::size_t small_reply = 120;

}  // namespace

work& work::operator+=(const work& other) {
  requests += other.requests;
  replies += other.replies;
  errors += other.errors;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  return *this;
}

void session::feed(std::string_view bytes) {
  work_->bytes_in += bytes.size();
  if (state_ == state::lingering) {
    lingered_ += static_cast<std::uint32_t>(bytes.size());
    if (lingered_ > limits::linger) state_ = state::finished;
  } else if (partial_) {
    partial_->bytes += bytes;
    input_ = partial_->bytes;
  } else {
    input_ = bytes;
  }
}

void session::end() { state_ = state::finished; }

void session::time_out() {
  if (state_ == state::open && begun()) refuse(408, false);
  end();
}

const plan* session::next() {
  stalled_ = false;
  while (state_ == state::open && !input_.empty()) {
    stalled_ = text_.size() > limits::unsent || pattern_left_ > 0;
    std::string body;
    if (stalled_ || !parse_request(body)) break;
    if (route_.needs.kind != plan::operation::nothing) {
      stalled_ = true;
      keep_rest();
      return &route_.needs;
    }
    answer(body);
  }
  keep_rest();
  return nullptr;
}

void session::reply() { answer({}); }

void session::reply(const service_result& o) {
  route_.status = o.status;
  if (o.status >= 400) route_.what = route::content::text;
  answer(o.body);
}

void session::begin(std::optional<std::uint64_t> size) {
  form_.chunked = !size && form_.http_1_1;
  form_.close |= !size && !form_.http_1_1;
  append_streamed_head(text_, route_, size, form_);
  count_reply();
}

void session::piece(std::string_view bytes) { append_piece(text_, bytes, form_); }

void session::finish() {
  append_end(text_, form_);
  end_reply();
}

std::string session::upgrade() {
  count_reply();
  std::string rest(input_);
  input_ = {};
  partial_.reset();
  route_.needs.text.reset();
  end();
  return rest;
}

void session::abort() {
  std::string().swap(text_);
  text_sent_ = 0;
  end();
}

// Parses one whole request into route_, form_ and `body`; false when there is none yet, or never will be.
bool session::parse_request(std::string& body) {
  const bool begun = partial_ && partial_->parser;
  if (!begun)
    while (input_.starts_with("\r\n")) input_.remove_prefix(2);  // RFC 9112 2.2: sent by old clients after a body
  if (input_.empty() || (!begun && input_ == "\r")) return false;

  std::optional<request_parser> fresh;
  request_parser& parser = begun ? *partial_->parser : fresh.emplace();
  input_.remove_prefix(parser.take(input_));
  if (parser.failure()) return refuse(parser.failure(), parser.head());
  if (!parser.complete()) {
    keep_rest();
    if (!partial_) partial_ = std::make_unique<partial>();
    if (parser.wants_continue() && !std::exchange(partial_->continued, true)) {
      if (parser.found_route().status != 200) return refuse(parser.found_route().status, parser.head());
      append_continue(text_);
    }
    if (fresh) partial_->parser = std::move(fresh);
    return false;
  }

  ++work_->requests;
  route_ = parser.take_route();
  form_ = {parser.head(), !parser.stays_open(), parser.http_1_1()};
  body = parser.take_body();
  if (route_.what == route::content::count) route_.needs.number = parser.body_size();
  if (begun) {
    partial_->parser.reset();
    partial_->continued = false;
    partial_->another = true;
  }
  return true;
}

// Changes one word of every cache line: what a request of an application does with the state of its client.
void session::touch(std::size_t bytes) {
  constexpr std::size_t words_of_a_line = 64 / sizeof(std::uint64_t);
  const auto words = bytes / sizeof(std::uint64_t);
  if (!own_memory_) own_memory_ = std::make_unique<std::vector<std::uint64_t>>();
  if (own_memory_->size() < words) own_memory_->resize(words);
  for (std::size_t at = 0; at < words; at += words_of_a_line) ++(*own_memory_)[at];
}

// Sends an error reply, then lingers: closing with unread input would send a reset and lose the reply.
bool session::refuse(std::uint16_t status, bool head) {
  route_ = {};
  route_.status = status;
  form_ = {head, true, true};
  answer({});
  state_ = state::lingering;
  return false;
}

void session::answer(std::string_view body) {
  if (route_.what == route::content::touch) touch(route_.needs.number << 10);
  if (text_.empty()) text_.reserve(small_reply);
  append_reply(text_, route_, body, form_);
  pattern_left_ = pattern_size(route_, form_);
  pattern_at_ = 0;
  count_reply();
  end_reply();
}

void session::count_reply() {
  ++work_->replies;
  if (route_.status >= 400) ++work_->errors;
}

void session::end_reply() {
  if (form_.close) {
    state_ = input_.empty() ? state::finished : state::lingering;
    input_ = {};
    partial_.reset();
  }
}

// The caller reuses its buffer afterwards, perhaps for another connection.
void session::keep_rest() {
  if (input_.empty()) {
    if (partial_ && !partial_->parser) partial_.reset();
    if (partial_) partial_->bytes.clear();
  } else {
    if (!partial_) partial_ = std::make_unique<partial>();
    if (input_.data() != partial_->bytes.data()) partial_->bytes = std::string(input_);
    input_ = partial_->bytes;
  }
}

std::array<std::string_view, 2> session::output() const {
  return {std::string_view(text_).substr(text_sent_),
          pattern_left_ ? pattern(pattern_at_, pattern_left_) : std::string_view()};
}

void session::sent(std::size_t bytes) {
  work_->bytes_out += bytes;
  const auto text = std::min(bytes, text_.size() - text_sent_);
  text_sent_ += static_cast<std::uint32_t>(text);
  pattern_at_ += static_cast<std::uint32_t>(bytes - text);
  pattern_left_ -= static_cast<std::uint32_t>(bytes - text);
  if (text_sent_ < text_.size()) return;
  text_sent_ = 0;
  std::string().swap(text_);  // an assignment would keep the allocation
}

}  // namespace tvl::handler
