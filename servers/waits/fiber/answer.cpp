#include "servers/waits/fiber/answer.hpp"

#include "servers/waits/awaiting/answer.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace tvl::waits::fiber {

void answer(awaiting::services& s, std::unique_ptr<runtime::peer>& peer, const handler::plan& p, const yield& y) {
  using operation = handler::plan::operation;
  switch (p.kind) {
    case operation::sleep: {
      runtime::timer timer(y.get_executor(), p.time);
      boost::system::error_code ec;
      timer.async_wait(y[ec]);
      return peer->session().reply();
    }
    case operation::block:
    case operation::cpu:
      return peer->session().reply(blocking::local(p));
    case operation::ws_echo:
    case operation::ws_room:
      return websocket(s, *peer, p, y);
    default: {
      // As a tuple: Asio of Boost 1.81 takes the exception_ptr of a bare yield for an exception, null or not.
      const auto [error] =
          boost::asio::co_spawn(y.get_executor(), awaiting::answer(s, peer, p), boost::asio::as_tuple(y));
      if (error) std::rethrow_exception(error);
    }
  }
}

}  // namespace tvl::waits::fiber
