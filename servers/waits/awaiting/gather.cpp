#include "servers/waits/awaiting/waits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <utility>

namespace tvl::waits::awaiting {

namespace asio = boost::asio;
using handler::service_result;

asio::awaitable<std::vector<service_result>, runtime::executor> gather(std::vector<awaited_result> calls) {
  const auto loop = co_await asio::this_coro::executor;
  const auto start = [&](awaited_result& call) { return asio::co_spawn(loop, std::move(call), asio::deferred); };
  std::vector<decltype(start(calls.front()))> started;
  started.reserve(calls.size());
  for (auto& call : calls) started.push_back(start(call));
  auto [order, exceptions, results] = co_await asio::experimental::make_parallel_group(std::move(started))
                                          .async_wait(asio::experimental::wait_for_all(), asio::deferred);
  for (const auto& exception : exceptions)
    if (exception) std::rethrow_exception(exception);
  co_return std::move(results);
}

}  // namespace tvl::waits::awaiting
