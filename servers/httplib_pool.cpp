// The thread pool of a library: cpp-httplib, which owns a connection's socket from accept() to close(). It shows the
// overhead of a library and is no measure of the thread model.
//
// Changed are defaults that would decide a comparison: a backlog of 5, Nagle, 5 requests a connection, 5 s of idle
// time, 8 threads. Kept: 11 system calls a request (tvl-results syscalls), poll() every 11 ms per idle connection, head
// and body in two sends, a read buffer per request that loses pipelined requests, --timeout per read and a close (or
// 400) instead of 408, no --max-connections, no byte counters.

#include "servers/handler/limits.hpp"
#include "servers/handler/reply.hpp"
#include "servers/handler/routes.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/server.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <httplib.h>

#include <limits>
#include <memory>
#include <thread>
#include <utility>

namespace {

using namespace tvl;
using handler::route;
using httplib::Request;
using httplib::Response;

constexpr time_t for_ever = 86'400;  // seconds; poll() is limited to 24 days

// Counters of the connection served by this thread: the library does not pass it to handlers.
thread_local handler::work* work = nullptr;

struct library : httplib::Server {
  explicit library(int listener) { svr_sock_ = listener; }  // bound and listening, as all contestants' sockets
  // Connections end after the current reply. Idle ones do not notice: the drain's limit ends them.
  void drain() { svr_sock_ = INVALID_SOCKET; }
};

// Wraps the library's pool to count connections. enqueue() returns void, or bool in later versions.
struct counted_pool : httplib::TaskQueue {
  counted_pool(library& l, runtime::server& s)
      : http(l), connections(s.connections), threads(static_cast<std::size_t>(s.options.threads)) {}

  auto enqueue(std::function<void()> serve) -> decltype(std::declval<TaskQueue&>().enqueue({})) override {
    const auto entry = std::make_shared<runtime::connection_entry>(connections, -1);
    return threads.enqueue([entry, serve = std::move(serve)] {
      work = &entry->work();
      serve();
      entry->closing();
    });
  }
  void shutdown() override {
    http.drain();
    threads.shutdown();
  }

  library& http;
  runtime::connections& connections;
  httplib::ThreadPool threads;
};

void answer(route r, std::string_view request_body, Response& response) {
  ++work->requests;
  const auto done = waits::blocking::local(r.needs);
  if (done.status != 200) r = handler::failed(done.status);
  const std::string type(handler::media_type(r));
  response.status = r.status;
  if (r.status == 405) response.set_header("Allow", r.post ? "POST" : "GET, HEAD");
  if (r.what != route::content::pattern || r.needs.number == 0)
    return response.set_content(handler::body_of(r, request_body), type);
  response.set_content_provider(r.needs.number, type, [](std::size_t at, std::size_t left, httplib::DataSink& sink) {
    const auto piece = handler::pattern(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(left));
    sink.write(piece.data(), piece.size());
    return true;
  });
}

route failed(const Response& response) { return handler::failed(static_cast<std::uint16_t>(response.status)); }

route find_route(const Request& request) {
  return handler::find_route(boost::beast::http::string_to_verb(request.method), request.target);
}

// Methods whose body the library reads, for the handlers below; it leaves other bodies unread on the connection.
bool has_body(const Request& r) {
  return r.method == "POST" || r.method == "PUT" || r.method == "PATCH" || r.method == "DELETE";
}

void read_and_answer(const Request& request, Response& response, const httplib::ContentReader& read) {
  auto r = find_route(request);
  const auto limit = r.what == route::content::count ? handler::limits::upload : handler::limits::echo;
  std::string body;
  std::uint64_t size = 0;
  const auto take = [&](const char* data, std::size_t n) {
    size += n;
    if (r.what == route::content::echo && size <= limit) body.append(data, n);
    return size <= handler::limits::upload;
  };
  // Without either field there is no body (RFC 9112 6.3); the library would read until the client closes.
  const bool announced = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  const bool whole = !announced || read(take);
  if (r.what == route::content::count) r.needs.number = size;
  answer(size > limit ? handler::failed(413) : whole ? std::move(r) : failed(response), body, response);
}

void configure(httplib::Server& http, const runtime::options& options) {
  const auto limit = [](double seconds) { return seconds > 0 ? seconds : static_cast<double>(for_ever); };
  http.set_read_timeout(std::chrono::microseconds(static_cast<std::int64_t>(limit(options.timeout_s) * 1e6)));
  http.set_write_timeout(for_ever);
  http.set_keep_alive_timeout(static_cast<time_t>(limit(options.idle_timeout_s) + 0.999));  // in whole seconds
  http.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  http.set_payload_max_length(handler::limits::upload);
  http.set_pre_routing_handler([](const Request& request, Response& response) {
    if (has_body(request)) return httplib::Server::HandlerResponse::Unhandled;
    answer(find_route(request), {}, response);
    return httplib::Server::HandlerResponse::Handled;
  });
  http.Post(".*", read_and_answer)
      .Put(".*", read_and_answer)
      .Patch(".*", read_and_answer)
      .Delete(".*", read_and_answer);
  http.set_error_handler([](const Request&, Response& response) {  // the library's own error replies have no body
    if (response.body.empty()) response.set_content(handler::body_of(failed(response), {}), "text/plain");
  });
  http.set_logger([](const Request&, const Response& response) {  // called for every reply
    ++work->replies;
    if (response.status >= 400) ++work->errors;
  });
}

void run(runtime::server& server) {
  server.library_http = true;
  runtime::prepare_accepted(server.listeners.front());  // accepted sockets inherit TCP_NODELAY
  library http(server.listeners.front());
  configure(http, server.options);
  http.new_task_queue = [&] { return new counted_pool(http, server); };
  const std::jthread ticker([&] {
    while (server.tick()) std::this_thread::sleep_for(server.next_tick());
  });
  http.listen_after_bind();
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: cpp-httplib and its pool of threads.",
                        {.max_connections = false, .threads = {"workers", 256}}, run);
}
