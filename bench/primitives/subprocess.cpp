// asyncio.create_subprocess_exec() and communicate(): start a command, collect its output, await its end.
// Claim: a loop watches many commands without a thread for each. Most of the cost is the kernel's either way: starting
// a process takes far longer than waiting for it.
//
// loop:   a coroutine per command awaits its pipe and its pidfd
// thread: a thread per command polls them; a single command uses the caller's thread
// Both use servers/drivers/process/subprocess.hpp, like GET /run.

#include "servers/drivers/process/subprocess.hpp"

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/drivers/borrowed_descriptor.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <poll.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using waits::subprocess;
using outputs = std::vector<std::string>;

handler::plan echo() {
  handler::plan p;
  p.kind = handler::plan::operation::run;
  p.text = std::make_unique<const std::string>("echo");
  return p;
}

subprocess::clock::time_point deadline() { return subprocess::clock::now() + std::chrono::minutes(1); }

runtime::task await_command(std::string& output) {
  subprocess job(echo(), deadline());
  while (job.running()) {
    {
      waits::awaiting::borrowed_descriptor news(co_await asio::this_coro::executor, job.descriptor());
      co_await news.async_wait(news.wait_read, asio::as_tuple(asio::deferred));
    }
    job.advance(true);
  }
  output = job.result().body;
}

outputs run_awaiting(int n) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  outputs all(static_cast<std::size_t>(n));
  for (auto& output : all) asio::co_spawn(loop, await_command(output), asio::detached);
  loop.run();
  return all;
}

void block_for_command(std::string& output) {
  subprocess job(echo(), deadline());
  while (job.running()) {
    pollfd news{job.descriptor(), POLLIN, 0};
    ::poll(&news, 1, -1);
    job.advance(true);
  }
  output = job.result().body;
}

outputs run_blocking(int n) {
  outputs all(static_cast<std::size_t>(n));
  if (n == 1) {
    block_for_command(all.front());
    return all;
  }
  std::vector<std::jthread> threads;
  for (auto& output : all) threads.emplace_back([&output] { block_for_command(output); });
  threads.clear();  // joins
  return all;
}

template <outputs (*Way)(int)>
void way(benchmark::State& state) {
  const int n = items(state);
  const auto number = static_cast<std::uint64_t>(n);
  if (!fits(state, {.threads = 2 * number, .descriptors = 2 * number})) return;
  const auto expected = outputs(number, "hello from a subprocess\n");
  if (!same(state, run_awaiting(n), expected) || !same(state, expected, run_blocking(n))) return;
  timed(state, n, [n] { benchmark::DoNotOptimize(Way(n)); });
}

}  // namespace

TVL_PRIMITIVE(subprocess) {
  p.asyncio = "asyncio.create_subprocess_exec()";
  p.row({.what = "1", .thread_way = "subprocess/thread/poll/1", .loop_way = "subprocess/loop/asio/1"});
  p.row({.what = "16 at once", .thread_way = "subprocess/thread/poll/16", .loop_way = "subprocess/loop/asio/16"});
  p.add("subprocess/loop/asio", way<run_awaiting>, {1, 16});
  p.add("subprocess/thread/poll", way<run_blocking>, {1, 16});
}

}  // namespace tvl::primitives
