#include "bench/waits/wait.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace tvl::bench {
namespace {

namespace asio = boost::asio;

class awaiting_way : public way {
 public:
  awaiting_way(const wait& w, const setting& s) : call_(w.awaiting), setting_(s), services_(context_, s.options) {}

  void make(std::uint64_t calls) override {
    tally t(calls, setting_.expected);
    context_.restart();
    for (unsigned i = 0; i < setting_.at_once; ++i) asio::co_spawn(context_, call_again(t), asio::detached);
    context_.run();
    t.check();
  }

 private:
  runtime::task call_again(tally& t) {
    while (t.begin()) t.end(co_await call_(services_, setting_.plan));
    if (t.done()) context_.stop();  // open connections would keep the loop running
  }

  const decltype(wait::awaiting) call_;
  const setting& setting_;
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};  // as in the servers
  waits::awaiting::services services_;
};

}  // namespace

std::unique_ptr<way> make_awaiting(const wait& w, const setting& s) { return std::make_unique<awaiting_way>(w, s); }

}  // namespace tvl::bench
