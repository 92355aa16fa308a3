#pragma once
// Boost.Asio's types with a concrete executor: the default any_io_executor costs allocations and indirect calls, and
// not equally many in each model.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace tvl::runtime {

using executor = boost::asio::io_context::executor_type;
using tcp = boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;
using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
using task = boost::asio::awaitable<void, executor>;

// co_await OPERATION(..., quietly): errors are values, not exceptions.
inline constexpr auto quietly = boost::asio::as_tuple(boost::asio::deferred);

}  // namespace tvl::runtime
