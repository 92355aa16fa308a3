// An HTTP call to the upstream: curl_multi on Boost.Asio, and curl_multi_socket_action() on epoll.

#include "bench/waits/epoll_driver.hpp"
#include "bench/waits/wait.hpp"
#include "servers/drivers/http/curl_handles.hpp"
#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/awaiting/waits.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <vector>

namespace tvl::bench {
namespace {

using clock = std::chrono::steady_clock;

struct multi_closer {
  void operator()(CURLM* m) const { ::curl_multi_cleanup(m); }
};

// Like libcurl's example ephiperfifo.c: libcurl's socket requests go to epoll_ctl() at once. The timeout is
// epoll_wait()'s, which is cheaper than the example's timerfd.
class bare_fetch : public way {
 public:
  explicit bare_fetch(const setting& s) : setting_(s), multi_(::curl_multi_init()), slots_(s.at_once) {
    if (!multi_) throw std::runtime_error("libcurl: no multi handle");
    ::curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &on_socket);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &on_timer);
    ::curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, waits::awaiting::services::kept_connections);
  }

  void make(std::uint64_t calls) override {
    tally t(calls, setting_.expected);
    for (auto& s : slots_) begin(s, t);
    while (!t.done()) {
      while (clock::now() >= due_) {
        due_ = never;
        act(CURL_SOCKET_TIMEOUT, 0);
        harvest(t);
      }
      if (t.done()) break;
      driver_.wait(ms_left(), [this](std::uint64_t socket, std::uint32_t events) {
        const int bits = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        act(static_cast<curl_socket_t>(socket), bits);
      });
      harvest(t);
    }
    t.check();
  }

 private:
  using slot = std::optional<waits::upstream_call>;
  static constexpr auto never = clock::time_point::max();

  // The easy handle has the same options in every way.
  void begin(slot& s, tally& t) {
    if (!t.begin()) return;
    s.emplace(handles_, waits::fetch_url(setting_.options, setting_.plan), waits::upstream_call::body::counted);
    ::curl_easy_setopt(s->easy(), CURLOPT_PRIVATE, &s);
    if (::curl_multi_add_handle(multi_.get(), s->easy()) != CURLM_OK) throw std::runtime_error("libcurl: no transfer");
  }

  void act(curl_socket_t socket, int bits) {
    int running = 0;
    ::curl_multi_socket_action(multi_.get(), socket, bits, &running);
  }

  void harvest(tally& t) {
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(multi_.get(), &left)) {
      const CURLcode code = message->data.result;
      char* data = nullptr;
      ::curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
      slot& s = *reinterpret_cast<slot*>(data);
      ::curl_multi_remove_handle(multi_.get(), s->easy());
      auto reply = s->result(code);
      t.end(reply.status == 200 ? waits::fetched(1, s->bytes()) : std::move(reply));
      s.reset();
      begin(s, t);
    }
  }

  int ms_left() const {
    if (due_ == never) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
  }

  // `known`: set by curl_multi_assign(), null before.
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& b = *static_cast<bare_fetch*>(self);
    const auto mark = static_cast<std::uint64_t>(socket);
    const std::uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (what == CURL_POLL_REMOVE) {
      b.driver_.remove(socket);
    } else if (known) {
      b.driver_.change(socket, events, mark);
    } else {
      b.driver_.add(socket, events, mark);
      ::curl_multi_assign(b.multi_.get(), socket, self);
    }
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    static_cast<bare_fetch*>(self)->due_ = ms < 0 ? never : clock::now() + std::chrono::milliseconds(ms);
    return 0;
  }

  const setting& setting_;
  epoll_driver driver_;
  clock::time_point due_ = never;
  waits::curl_handles handles_;
  std::unique_ptr<CURLM, multi_closer> multi_;
  std::vector<slot> slots_;
};

}  // namespace

const wait fetch{
    .name = "fetch",
    .service = "upstream",
    .address = &waits::service_options::upstream,
    .plan =
        [] {
          handler::plan p;
          p.kind = handler::plan::operation::fetch;
          p.number = 1;
          return p;
        },
    .awaiting = &waits::awaiting::fetch,
    .blocking = &waits::blocking::fetch,
    .bare = [](const setting& s) -> std::unique_ptr<way> { return std::make_unique<bare_fetch>(s); },
};

}  // namespace tvl::bench
