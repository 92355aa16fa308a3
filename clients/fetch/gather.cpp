// gather of the asyncio guide: one loop watches all sockets; nothing blocks, no other thread.

#include "clients/fetch/loop.hpp"
#include "clients/fetch/transfer.hpp"
#include "clients/fetch/ways.hpp"
#include "servers/drivers/http/curl_multi.hpp"

#include <boost/asio/post.hpp>

#include <optional>

namespace tvl::fetch {
namespace {

namespace asio = boost::asio;
using waits::awaiting::curl_multi;

runtime::task download_urls(job& j, std::optional<curl_multi>& multi) {
  transfer t(j);
  while (t.next()) {
    const CURLcode code = co_await multi->perform(t.easy());
    t.end(code);
  }
}

}  // namespace

void gather(job& j) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  std::optional<curl_multi> multi(std::in_place, loop);
  const std::stop_callback stop(j.stop(), [&] { asio::post(loop, [&multi] { multi.reset(); }); });
  std::vector<runtime::task> downloads;
  for (std::size_t i = 0; i < j.width(); ++i) downloads.push_back(download_urls(j, multi));
  run_all(loop, std::move(downloads));
}

}  // namespace tvl::fetch
