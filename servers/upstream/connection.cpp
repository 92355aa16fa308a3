#include "servers/upstream/connection.hpp"

#include "servers/upstream/hostile.hpp"
#include "servers/upstream/objects.hpp"

namespace tvl::upstream {

using clock = std::chrono::steady_clock;
using need = channel::need;

connection::connection(runtime::tcp_socket socket, SSL_CTX* tls, upstream::service& s, std::span<char> buffer)
    : channel(std::move(socket), tls), service(s), timer(channel.executor()), buffer_(buffer) {}

need connection::begin_request() {
  request_.emplace();
  parse();
  return channel.before_read();
}

void connection::parse() { input_.erase(0, request_->take(input_)); }

need connection::receive() {
  const auto [bytes, next] = channel.read(buffer_);
  service.counters.bytes_in += bytes;
  input_.append(buffer_.data(), bytes);
  if (bytes > 0) parse();
  return next;
}

boost::asio::awaitable<bool, runtime::executor> connection::send(std::string_view text, std::uint64_t content) {
  std::uint64_t at = 0;
  for (;;) {
    const auto [bytes, next] = channel.write(text);
    service.counters.bytes_out += bytes;
    text.remove_prefix(bytes);
    if (next == need::end) co_return false;
    if (text.empty() && at == content) co_return true;
    if (text.empty()) {
      text = object_content(at, content - at);
      at += text.size();
    }
    // Waits for a full socket, and otherwise once for a turn of the loop, so that other clients are served between two
    // pieces.
    co_await channel.wait(next == need::nothing ? need::output : next);
  }
}

runtime::task connection::ignore() {
  for (auto next = channel.before_read(); next != need::end; next = channel.read(buffer_).next)
    if (next != need::nothing) co_await channel.wait(next);
}

namespace {

// The head, and any body that is not generated while sending.
std::string text_of(const answer& a, const request& r, clock::time_point begin) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - begin);
  const bool last = r.failure() != 0 || !r.keep_alive();
  std::string result;
  append_head(result, a, a.body.size() + a.content, took, {.close = last, .http_1_1 = r.http_1_1()});
  if (!r.head()) result += a.body;
  return result;
}

}  // namespace

runtime::task serve(std::unique_ptr<connection> c) {
  for (auto next = c->channel.handshake(); next != need::nothing; next = c->channel.handshake()) {
    if (next == need::end) {
      ++c->service.counters.tls_failed;
      co_return;
    }
    co_await c->channel.wait(next);
  }
  bool open = true;
  while (open) {
    for (auto next = c->begin_request(); !c->request().complete(); next = c->receive()) {
      if (next == need::end) co_return;
      if (next != need::nothing) co_await c->channel.wait(next);
    }
    const auto begin = clock::now();
    const auto& request = c->request();
    const answer a = c->service.respond(request, c->channel.encrypted());
    if (a.delay.count() > 0) {
      c->timer.expires_at(begin + a.delay);
      co_await c->timer.async_wait(quietly);
    }
    if (a.hostile != hostility::none) {
      co_await misbehave(*c, a.hostile);
      co_return;
    }
    const auto text = text_of(a, request, begin);
    open = co_await c->send(text, request.head() ? 0 : a.content);
    open = open && request.failure() == 0 && request.keep_alive();
  }
}

}  // namespace tvl::upstream
