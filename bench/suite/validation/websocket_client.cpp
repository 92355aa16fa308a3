#include "bench/suite/validation/websocket_client.hpp"

#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/url.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <optional>
#include <string>
#include <utility>

namespace tvl::suite {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

struct websocket_client::connection {
  explicit connection(std::chrono::milliseconds l) : limit(l) {}

  // Returns false when there is no result within `patience`.
  bool wait(const std::optional<error_code>& result, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    context.restart();
    while (!result && context.run_one_until(until) > 0) continue;
    return result.has_value();
  }

  // Starts a step with its completion handler and waits for it; closes the socket after `limit`.
  template <class Begin>
  void step(const std::string& what, const Begin& begin) {
    std::optional<error_code> result;
    begin([&](error_code ec, auto...) { result = ec; });
    if (!wait(result, limit)) {
      stream.next_layer().close();
      context.run();  // the handler refers to this stack frame
      throw websocket_failed("no " + what + " within " + std::to_string(limit.count() / 1000) + " s");
    }
    if (*result) throw websocket_failed("no " + what + ": " + result->message());
  }

  const std::chrono::milliseconds limit;
  asio::io_context context;
  beast::websocket::stream<asio::generic::stream_protocol::socket> stream{context};
  beast::flat_buffer buffer;
  bool reading = false;
  std::optional<error_code> read;
};

websocket_client::websocket_client(const std::string& url, std::chrono::milliseconds limit)
    : connection_(std::make_unique<connection>(limit)) {
  auto& c = *connection_;
  auto to = load::parse_url(url, true);
  to.choose_address();
  const asio::generic::stream_protocol::endpoint where(to.endpoint().name(), to.endpoint().size());
  c.step("connection", [&](auto done) { c.stream.next_layer().async_connect(where, std::move(done)); });
  beast::websocket::response_type answer;
  answer.result(0U);  // no answer
  try {
    c.step("WebSocket handshake",
           [&](auto done) { c.stream.async_handshake(answer, to.host_field(), to.target, std::move(done)); });
  } catch (const websocket_failed&) {
    if (answer.result_int() == 0 || answer.result_int() == 101) throw;
    throw websocket_failed("no WebSocket handshake: refused with " + std::to_string(answer.result_int()) + " " +
                           load::in_quotes({answer.reason().data(), answer.reason().size()}));
  }
}

websocket_client::~websocket_client() = default;

void websocket_client::send(const std::string& text) {
  connection_->step("message taken",
                    [&](auto done) { connection_->stream.async_write(asio::buffer(text), std::move(done)); });
}

std::optional<std::string> websocket_client::receive(std::chrono::milliseconds patience) {
  auto& c = *connection_;
  if (!c.reading) {
    c.buffer.clear();
    c.read.reset();
    c.stream.async_read(c.buffer, [&c](error_code ec, std::size_t) { c.read = ec; });
    c.reading = true;
  }
  if (!c.wait(c.read, patience)) return std::nullopt;
  c.reading = false;
  if (*c.read) throw websocket_failed("no message: " + c.read->message());
  return beast::buffers_to_string(c.buffer.data());
}

void websocket_client::close() {
  connection_->step("close handshake", [&](auto done) {
    connection_->stream.async_close(beast::websocket::close_code::normal, std::move(done));
  });
}

}  // namespace tvl::suite
