#include "servers/drivers/process/subprocess.hpp"

#include "servers/drivers/borrowed_descriptor.hpp"
#include "servers/waits/awaiting/client_watch.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"

namespace tvl::waits::awaiting {

namespace asio = boost::asio;

awaited_result run(services& s, runtime::peer& client, const handler::plan& p) {
  const auto deadline = s.options.deadline();
  const auto loop = client.socket().get_executor();
  subprocess job(p, deadline);
  while (job.running()) {
    bool there = false;
    {
      borrowed_descriptor news(loop, job.descriptor());
      there = co_await wait(client, deadline, news.async_wait(news.wait_read, asio::deferred));
    }
    job.advance(there);
  }
  if (job.process() >= 0) {
    borrowed_descriptor end(loop, job.process());
    co_await end.async_wait(end.wait_read, runtime::quietly);
  }
  co_return job.result();
}

}  // namespace tvl::waits::awaiting
