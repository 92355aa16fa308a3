#pragma once
// A wait whose cost is measured: what is called, and the ways to call it.

#include "bench/waits/way.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/blocking/context.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace tvl::bench {

// What every way is made from. It outlives the way.
struct setting {
  waits::service_options options;
  handler::plan plan;
  unsigned at_once = 1;
  outcome expected;
};

struct wait {
  std::string_view name;     // of the plan: fetch, cache, query
  std::string_view service;  // that it calls, as the suite calls it: upstream, redis, postgres
  std::string waits::service_options::*address;
  handler::plan (*plan)();
  boost::asio::awaitable<outcome, runtime::executor> (*awaiting)(waits::awaiting::services&, const handler::plan&);
  outcome (*blocking)(waits::blocking::services&, const handler::plan&);
  // The same calls without Boost.Asio, coroutines and deadlines: the library's asynchronous interface on epoll.
  std::unique_ptr<way> (*bare)(const setting&);
};

extern const wait fetch, cache, query;

// The waits as the servers do them: coroutines on one loop; a thread for each of the calls that are made at once.
std::unique_ptr<way> make_awaiting(const wait&, const setting&);
std::unique_ptr<way> make_blocking(const wait&, const setting&);

}  // namespace tvl::bench
