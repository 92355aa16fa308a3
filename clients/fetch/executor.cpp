// run_in_executor of the asyncio guide: a pool thread calls the blocking library, the loop awaits the result.

#include "clients/fetch/loop.hpp"
#include "clients/fetch/transfer.hpp"
#include "clients/fetch/ways.hpp"

#include <boost/asio/thread_pool.hpp>

namespace tvl::fetch {
namespace {

namespace asio = boost::asio;
using asio::thread_pool;

asio::awaitable<void, thread_pool::executor_type> perform(transfer& t) {
  t.end(::curl_easy_perform(t.easy()));
  co_return;
}

runtime::task download_urls(job& j, thread_pool& pool) {
  transfer t(j);
  while (t.next()) co_await asio::co_spawn(pool, perform(t), asio::deferred);
}

}  // namespace

void executor(job& j) {
  asio::io_context loop;
  thread_pool pool(j.width());
  std::vector<runtime::task> downloads;
  for (std::size_t i = 0; i < j.width(); ++i) downloads.push_back(download_urls(j, pool));
  run_all(loop, std::move(downloads));
}

}  // namespace tvl::fetch
