#pragma once
// loop.run_in_executor(): calls a function on a pool thread; the coroutine awaits its result.
//
//   const int r = co_await run_in(pool, [] { return takes_long(); });

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <type_traits>
#include <utility>

namespace tvl::primitives {

// Calls `job` once on the pool; the coroutine resumes on its own loop. Both must outlive the wait. The loop must not be
// single-threaded (BOOST_ASIO_CONCURRENCY_HINT_UNSAFE).
template <class Job>
boost::asio::awaitable<std::invoke_result_t<Job&>, runtime::executor> run_in(boost::asio::thread_pool& pool, Job job) {
  using result = std::invoke_result_t<Job&>;
  const auto begin = [&pool](auto waiting, Job todo) {
    boost::asio::post(pool, [w = std::move(waiting), todo = std::move(todo)]() mutable {
      result r = todo();
      boost::asio::post(boost::asio::append(std::move(w), std::move(r)));
    });
  };
  co_return co_await boost::asio::async_initiate<decltype(boost::asio::deferred), void(result)>(
      begin, boost::asio::deferred, std::move(job));
}

}  // namespace tvl::primitives
