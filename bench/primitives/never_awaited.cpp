// "print_foobar2()  # won't work, never awaited": Python warns at run time, if it gets there, and continues.
// Claim: in C++ it is a compile error, like the guide's other mistake, to await outside a coroutine.
//
// The code below is correct. Each test in never_awaited.cmake removes one word; then it must not compile.
// loop:   a coroutine of Asio, one of the plain loop, an operation, a generator and its next value
// thread: a future of std::async(), which would block if it were dropped
// This primitive has no benchmark.

#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/waits/awaiting/generator.hpp"

#include <boost/asio/deferred.hpp>

#include <future>

#ifndef ASYNC
#define ASYNC tvl::runtime::task
#endif
#ifndef AWAIT_ASIO
#define AWAIT_ASIO co_await
#endif
#ifndef AWAIT_PLAIN
#define AWAIT_PLAIN co_await
#endif
#ifndef AWAIT_OPERATION
#define AWAIT_OPERATION co_await
#endif
#ifndef AWAIT_NEXT
#define AWAIT_NEXT co_await
#endif
#ifndef KEEP_GENERATOR
#define KEEP_GENERATOR auto kept =
#endif
#ifndef KEEP_FUTURE
#define KEEP_FUTURE const auto kept =
#endif

namespace tvl::primitives {

runtime::task print_foobar() { co_return; }

ASYNC await_asio() {
  AWAIT_ASIO print_foobar();
  co_return;
}

task<> print_plain() { co_return; }

task<> await_plain() {
  AWAIT_PLAIN print_plain();
  co_return;
}

runtime::task await_operation(runtime::timer& timer) {
  AWAIT_OPERATION timer.async_wait(boost::asio::deferred);
  co_return;
}

waits::awaiting::generator<int> numbers(runtime::executor) { co_yield 1; }

runtime::task await_next(runtime::executor loop) {
  KEEP_GENERATOR numbers(loop);
  auto all = numbers(loop);
  AWAIT_NEXT all.next(boost::asio::deferred);
  co_return;
}

void keep_future() {
  KEEP_FUTURE std::async([] {});
}

TVL_PRIMITIVE(never_awaited) {
  p.asyncio = "RuntimeWarning: never awaited";
  p.row({.verdict = "compile error"});
}

}  // namespace tvl::primitives
