#include "servers/runtime/peer.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

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
  if (session_.has_output()) write();
  if (session_.lingering()) end_sending();
  if (!planned_) entry_.serving(false);
}

// Not in write(): nothing is left to write after a reply whose end is the connection's.
void peer::end_sending() {
  boost::system::error_code ignored;
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void peer::write() {
  const auto [text, pattern] = session_.output();
  const std::array both{asio::const_buffer(text.data(), text.size()),
                        asio::const_buffer(pattern.data(), pattern.size())};
  boost::system::error_code ec;
  session_.sent(pattern.empty() ? socket_.write_some(both[0], ec) : socket_.write_some(both, ec));
  failed_ = ec && ec != asio::error::would_block;
}

// Not recv(MSG_PEEK): pipelined bytes would hide the end of input, and after our own shutdown it always sees one.
bool peer::gone() {
  tcp_info info{};
  socklen_t size = sizeof info;
  return ::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
         info.tcpi_state != TCP_ESTABLISHED;
}

}  // namespace tvl::runtime
