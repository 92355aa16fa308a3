#pragma once
// Test fixture: a WebSocket room server in this process with configurable behaviour.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace tvl::load {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;
using asio::use_awaitable;

inline const tcp::endpoint any_port(asio::ip::make_address("127.0.0.1"), 0);

// Runs on its own thread. Members are numbered from 0 in the order they join.
class room_server {
 public:
  struct rules {
    // How many copies of a message from `from` member `to` gets; `n` counts the calls.
    std::function<int(int from, int to, int n)> copies = [](int, int, int) { return 1; };
    // Called when message `n` (from 0) has been received, before it is broadcast.
    std::function<void(room_server&, int n)> on_message = [](room_server&, int) {};
    std::function<bool(int member)> reads = [](int) { return true; };
    // Messages queued for one member; further ones are dropped.
    std::function<std::size_t(int member)> queue_limit = [](int) { return std::size_t(-1); };
    std::chrono::milliseconds delay{0};   // between a message and its deliveries
    std::optional<int> send_buffer = {};  // SO_SNDBUF
    std::string greeting = {};            // sent to every member that joins; empty = nothing
    std::string subprotocol = {};         // in the answer to the upgrade; empty = none
  };
  explicit room_server(rules r) : rules_(std::move(r)) {
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~room_server() {
    io_.stop();
    thread_.join();
  }

  unsigned short port() const { return acceptor_.local_endpoint().port(); }

  // Runs `what` on the server's thread. The following functions may be called there and in the rules.
  void post(std::function<void(room_server&)> what) {
    asio::post(io_, [this, what = std::move(what)] { what(*this); });
  }
  void broadcast(int from, const std::string& text) {
    for (auto& to : members_)
      for (int copies = rules_.copies(from, to->number, calls_++); copies > 0; --copies) push(*to, text);
  }
  void disconnect(int member) { members_.at(static_cast<std::size_t>(member))->stream.next_layer().close(); }
  void close(int member) {
    auto& m = members_.at(static_cast<std::size_t>(member));
    m->closing = true;
    m->wake.cancel();
  }
  void write_raw(int member, const std::string& bytes) {
    asio::write(members_.at(static_cast<std::size_t>(member))->stream.next_layer(), asio::buffer(bytes));
  }
  void ping_all(const std::string& payload = "there?") {
    const websocket::ping_data data(payload.data(), payload.size());
    for (auto& m : members_) m->stream.async_ping(data, [](auto) {});
  }

  int dropped() const { return dropped_; }
  int pushed() const { return pushed_; }
  // With this payload.
  bool wait_for_pongs(int n, const std::string& payload = "there?") {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return pongs_[payload] >= n; });
  }
  // The header of the last upgrade request.
  std::string request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }
  // Of all members that have ever joined.
  std::map<std::string, int> peers_by_address() {
    const std::lock_guard lock(mutex_);
    return peers_;
  }
  bool wait_for_members(int n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return joined_ >= n; });
  }

 private:
  struct member {
    member(tcp::socket socket, int n) : stream(std::move(socket)), wake(stream.get_executor()), number(n) {}
    websocket::stream<tcp::socket> stream;
    asio::steady_timer wake;
    std::deque<std::string> queue;
    bool closing = false;
    int number;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(use_awaitable);
      if (rules_.send_buffer) socket.set_option(asio::socket_base::send_buffer_size(*rules_.send_buffer));
      asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
  }
  asio::awaitable<void> serve(tcp::socket socket) {
    const auto self = std::make_shared<member>(std::move(socket), static_cast<int>(members_.size()));
    members_.push_back(self);
    self->stream.control_callback([this](websocket::frame_type type, auto payload) {
      if (type == websocket::frame_type::pong) count_pong({payload.data(), payload.size()});
    });
    self->stream.set_option(websocket::stream_base::decorator([this](websocket::response_type& r) {
      if (!rules_.subprotocol.empty()) r.set("Sec-WebSocket-Protocol", rules_.subprotocol);
    }));
    boost::beast::flat_buffer header;
    boost::beast::http::request<boost::beast::http::string_body> upgrade;
    co_await boost::beast::http::async_read(self->stream.next_layer(), header, upgrade, use_awaitable);
    co_await self->stream.async_accept(upgrade, use_awaitable);
    if (!rules_.greeting.empty()) push(*self, rules_.greeting);
    {
      const std::lock_guard lock(mutex_);
      std::ostringstream text;
      text << upgrade.base();
      request_ = text.str();
      ++peers_[self->stream.next_layer().remote_endpoint().address().to_string()];
    }
    count(joined_);
    asio::co_spawn(io_, write_queue(self), asio::detached);
    while (rules_.reads(self->number)) {
      boost::beast::flat_buffer buffer;
      co_await self->stream.async_read(buffer, use_awaitable);
      rules_.on_message(*this, messages_++);
      const auto text = boost::beast::buffers_to_string(buffer.data());
      if (rules_.delay == 0ms) {
        broadcast(self->number, text);
      } else {
        const auto timer = std::make_shared<asio::steady_timer>(io_, rules_.delay);
        timer->async_wait([this, timer, self, text](auto) { broadcast(self->number, text); });
      }
    }
  }
  asio::awaitable<void> write_queue(std::shared_ptr<member> self) {
    while (!self->closing) {
      if (self->queue.empty()) {
        self->wake.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code woken;
        co_await self->wake.async_wait(asio::redirect_error(use_awaitable, woken));
        continue;
      }
      co_await self->stream.async_write(asio::buffer(self->queue.front()), use_awaitable);
      self->queue.pop_front();
    }
    co_await self->stream.async_close({websocket::close_code::going_away, "that will do"}, use_awaitable);
  }
  void push(member& to, const std::string& text) {
    if (to.queue.size() >= rules_.queue_limit(to.number)) {
      ++dropped_;
      return;
    }
    ++pushed_;
    to.queue.push_back(text);
    to.wake.cancel();
  }
  void count_pong(const std::string& payload) {
    const std::lock_guard lock(mutex_);
    ++pongs_[payload];
    changed_.notify_all();
  }
  void count(int& what) {
    const std::lock_guard lock(mutex_);
    ++what;
    changed_.notify_all();
  }

  const rules rules_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_, any_port};
  std::vector<std::shared_ptr<member>> members_;
  int calls_ = 0, messages_ = 0;
  std::atomic<int> dropped_ = 0, pushed_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int joined_ = 0;
  std::map<std::string, int> pongs_;  // by payload
  std::string request_;
  std::map<std::string, int> peers_;
  std::jthread thread_;
};

}  // namespace tvl::load
