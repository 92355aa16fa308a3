#pragma once
// asyncio.run(asyncio.gather(...)): runs the loop until all tasks have ended.

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace tvl::fetch {

// Rethrows the first exception of a task. Other handlers of the loop stay pending.
inline void run_all(boost::asio::io_context& loop, std::vector<runtime::task> tasks) {
  using boost::asio::deferred;
  std::vector<decltype(boost::asio::co_spawn(loop, std::move(tasks.front()), deferred))> started;
  for (auto& task : tasks) started.push_back(boost::asio::co_spawn(loop, std::move(task), deferred));
  const auto stop = [&loop](const std::vector<std::size_t>& order, const std::vector<std::exception_ptr>& thrown) {
    loop.stop();
    for (const auto i : order)
      if (thrown[i]) std::rethrow_exception(thrown[i]);
  };
  boost::asio::experimental::make_parallel_group(std::move(started))
      .async_wait(boost::asio::experimental::wait_for_all(), stop);
  loop.run();
}

}  // namespace tvl::fetch
