#include "servers/drivers/websocket/awaiting_send_queue.hpp"

#include <boost/asio/post.hpp>

namespace tvl::waits::awaiting {

void send_queue::drain() {
  boost::asio::post(peer().socket().get_executor(), [self = weak_from_this()] {
    if (const auto here = self.lock()) here->close(close_code::going_away);
  });
}

void send_queue::watch_if(bool something_left) {
  if (!something_left) return;
  peer().socket().async_wait(runtime::tcp_socket::wait_write, [self = weak_from_this()](boost::system::error_code) {
    const auto here = self.lock();
    if (!here) return;
    here->out_.flush();
    here->watch_if(here->out_.waiting());
  });
}

}  // namespace tvl::waits::awaiting
