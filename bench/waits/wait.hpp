#pragma once
// A measured wait: the service call and the ways to make it.

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

// Parameters of a way; must outlive it.
struct setting {
  waits::service_options options;
  handler::plan plan;
  unsigned at_once = 1;
  outcome expected;
};

struct wait {
  std::string_view name;     // of the plan: fetch, cache, query
  std::string_view service;  // the suite's name of the service: upstream, redis, postgres
  std::string waits::service_options::*address;
  handler::plan (*plan)();
  boost::asio::awaitable<outcome, runtime::executor> (*awaiting)(waits::awaiting::services&, const handler::plan&);
  outcome (*blocking)(waits::blocking::services&, const handler::plan&);
  // The same calls without Boost.Asio, coroutines and timeouts: the library's asynchronous interface on epoll.
  std::unique_ptr<way> (*bare)(const setting&);
};

extern const wait fetch, cache, query;

// The waits as in the servers: coroutines on one loop; a thread per concurrent call.
std::unique_ptr<way> make_awaiting(const wait&, const setting&);
std::unique_ptr<way> make_blocking(const wait&, const setting&);

}  // namespace tvl::bench
