#include "servers/runtime/peer.hpp"

namespace tvl::runtime {

namespace asio = boost::asio;

void peer::exchange(std::span<char> buffer) {
  if (session_.has_output())
    send();
  else if (session_.hungry())
    receive(buffer);
}

void peer::receive(std::span<char> buffer) {
  boost::system::error_code ec;
  const auto n = socket_.read_some(asio::mutable_buffer(buffer.data(), buffer.size()), ec);
  if (n > 0)
    session_.feed({buffer.data(), n});
  else if (ec == asio::error::eof)
    entry_.timed_out() ? session_.time_out() : session_.end();
  else if (ec != asio::error::would_block)
    failed_ = true;
}

void peer::send() {
  if (!session_.has_output()) return;
  const auto [text, pattern] = session_.output();
  const std::array both{asio::const_buffer(text.data(), text.size()),
                        asio::const_buffer(pattern.data(), pattern.size())};
  boost::system::error_code ec;
  session_.sent(pattern.empty() ? socket_.write_some(both[0], ec) : socket_.write_some(both, ec));
  failed_ = ec && ec != asio::error::would_block;
  if (session_.lingering()) socket_.shutdown(tcp_socket::shutdown_send, ec);
}

}  // namespace tvl::runtime
