#include "servers/drivers/http/curl_multi.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <unordered_map>

namespace tvl::waits::awaiting {

namespace asio = boost::asio;
using clock = curl_multi::clock;

namespace {

using descriptor = asio::posix::basic_stream_descriptor<runtime::executor>;

static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);  // the same bits

void initialise_libcurl_once() {
  static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl: " + std::string(::curl_easy_strerror(code)));
}

// A socket registered with the loop. A socket that we opened for libcurl stays registered with epoll while idle, so the
// next transfer costs one epoll_ctl(), or none if still armed. Sockets of libcurl's own (its resolver's) are registered
// from the first CURL_POLL_x to CURL_POLL_REMOVE.
struct watch {
  watch(const runtime::executor& e, bool is_ours) : socket(e), ours(is_ours) {}

  descriptor socket;
  const bool ours;
  bool gone = false;  // the number may already belong to another socket
  int wanted = 0;     // CURL_POLL_IN | CURL_POLL_OUT as libcurl wants
  int armed = 0;      // pending waits
};

}  // namespace

// Shared with handlers that may outlive the curl_multi, which stops it.
//
// libcurl's rules: its callbacks must not call libcurl, so they only take notes, arm and post; after every call into
// libcurl the watch may be gone and transfers may have ended.
class curl_multi::engine : public std::enable_shared_from_this<engine> {
 public:
  // A running transfer, in the frame of its perform().
  class transfer {
   public:
    transfer(engine& e, CURL* easy, clock::time_point deadline) : easy_(easy), end_(e.executor_, deadline) {
      if (e.add(*this)) engine_ = &e;
    }
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;
    ~transfer() {
      if (engine_) engine_->remove(easy_);
    }
    CURL* easy() const { return easy_; }
    bool under_way() const { return engine_ != nullptr; }
    runtime::timer& end() { return end_; }
    CURLcode result() const { return result_; }
    void finish(CURLcode code) {
      result_ = code;
      engine_ = nullptr;
      end_.cancel();
    }

   private:
    engine* engine_ = nullptr;
    CURL* easy_;
    runtime::timer end_;  // expires at the deadline, cancelled at the end of the transfer
    CURLcode result_ = CURLE_FAILED_INIT;
  };

  engine(asio::io_context& context, const curl_multi_options& options)
      : executor_(context.get_executor()), timer_(executor_), multi_(::curl_multi_init()) {
    if (!multi_) throw std::runtime_error("libcurl: no multi handle");
    ::curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    ::curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_wish);
    ::curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    ::curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_due);
    ::curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections);
    ::curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, options.kept);
  }

  void stop() {
    while (!transfers_.empty()) finish(transfers_.begin()->first, CURLE_ABORTED_BY_CALLBACK);
    ::curl_multi_cleanup(multi_);
    multi_ = nullptr;
    timer_.cancel();
  }

 private:
  bool add(transfer& t) {
    CURL* easy = t.easy();
    ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open);
    ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
    ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &on_close);
    ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // else removing a handle waits for its getaddrinfo()
    if (!multi_ || ::curl_multi_add_handle(multi_, easy) != CURLM_OK) return false;
    transfers_.emplace(easy, &t);
    return true;
  }

  void remove(CURL* easy) {
    transfers_.erase(easy);
    ::curl_multi_remove_handle(multi_, easy);
  }

  void finish(CURL* easy, CURLcode code) {
    transfer* t = transfers_.at(easy);
    remove(easy);
    t->finish(code);
  }

  // Reports readiness (`bits`) of a socket, or the timer, to libcurl.
  void act(curl_socket_t socket, int bits) {
    int running = 0;
    ::curl_multi_socket_action(multi_, socket, bits, &running);
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(multi_, &left))
      finish(message->easy_handle, message->data.result);  // invalidates the message
  }

  void arm(const std::shared_ptr<watch>& w, int bit) {
    if (w->gone || !(w->wanted & bit) || (w->armed & bit)) return;
    w->armed |= bit;
    w->socket.async_wait(bit == CURL_POLL_IN ? descriptor::wait_read : descriptor::wait_write,
                         [self = shared_from_this(), w, bit](boost::system::error_code ec) {
                           w->armed &= ~bit;
                           if (w->gone || !(w->wanted & bit)) return;
                           self->act(w->socket.native_handle(), ec ? CURL_CSELECT_ERR : bit);
                           self->arm(w);
                         });
  }

  void arm(const std::shared_ptr<watch>& w) {
    arm(w, CURL_POLL_IN);
    arm(w, CURL_POLL_OUT);
  }

  // A wait that ends too early is kept and repeated: libcurl moves its timer with every transfer, mostly later.
  void arm_timer() {
    timer_due_ = due_;
    timer_.expires_at(due_);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (ec || !self->multi_) return;
      self->timer_due_ = clock::time_point::max();
      if (clock::now() >= self->due_)
        self->run_due();
      else if (self->due_ != clock::time_point::max())
        self->arm_timer();
    });
  }

  void run_due() {
    due_ = clock::time_point::max();
    act(CURL_SOCKET_TIMEOUT, 0);
  }

  void schedule(long ms) {
    due_ = ms < 0 ? clock::time_point::max() : clock::now() + std::chrono::milliseconds(ms);
    if (ms == 0 && !posted_) {
      posted_ = true;
      asio::post(executor_, [self = shared_from_this()] {
        self->posted_ = false;
        if (self->multi_ && clock::now() >= self->due_) self->run_due();
      });
    } else if (ms > 0 && due_ < timer_due_) {
      arm_timer();
    }
  }

  void wish(curl_socket_t socket, int what) {
    const auto found = watches_.find(socket);
    if (what == CURL_POLL_REMOVE) {
      if (found == watches_.end()) return;
      found->second->wanted = 0;
      if (!found->second->ours) let_go(socket);
      return;
    }
    const auto& w = found != watches_.end() ? found->second : hold(socket, false);
    w->wanted = what & (CURL_POLL_IN | CURL_POLL_OUT);
    arm(w);
  }

  const std::shared_ptr<watch>& hold(curl_socket_t socket, bool ours) {
    const auto w = std::make_shared<watch>(executor_, ours);
    boost::system::error_code ec;
    w->socket.assign(socket, ec);
    w->gone = ec.failed();
    return watches_[socket] = w;
  }

  void let_go(curl_socket_t socket) {
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    found->second->gone = true;
    if (found->second->socket.is_open()) found->second->socket.release();
    watches_.erase(found);
  }

  static int on_wish(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<engine*>(self)->wish(socket, what);
    return 0;
  }

  static int on_due(CURLM*, long ms, void* self) {
    static_cast<engine*>(self)->schedule(ms);
    return 0;
  }

  static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
    auto& e = *static_cast<engine*>(self);
    const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket < 0) return CURL_SOCKET_BAD;
    if (!e.hold(socket, true)->gone) return socket;
    e.on_close(self, socket);  // epoll's limit is reached
    return CURL_SOCKET_BAD;
  }

  static int on_close(void* self, curl_socket_t socket) {
    static_cast<engine*>(self)->let_go(socket);
    return ::close(socket);
  }

  const runtime::executor executor_;
  runtime::timer timer_;
  clock::time_point timer_due_ = clock::time_point::max();  // of the pending wait
  clock::time_point due_ = clock::time_point::max();        // as libcurl wants
  bool posted_ = false;
  CURLM* multi_;  // null = stopped
  std::unordered_map<CURL*, transfer*> transfers_;
  std::unordered_map<curl_socket_t, std::shared_ptr<watch>> watches_;
};

curl_multi::curl_multi(asio::io_context& context, const curl_multi_options& options) {
  initialise_libcurl_once();
  engine_ = std::make_shared<engine>(context, options);
}

curl_multi::~curl_multi() { engine_->stop(); }

asio::awaitable<CURLcode, runtime::executor> curl_multi::perform(CURL* easy, clock::time_point deadline) {
  engine::transfer transfer(*engine_, easy, deadline);
  if (!transfer.under_way()) co_return transfer.result();
  const auto [ec] = co_await transfer.end().async_wait(runtime::quietly);
  if (!transfer.under_way()) co_return transfer.result();
  co_return ec ? CURLE_ABORTED_BY_CALLBACK : CURLE_OPERATION_TIMEDOUT;
}

}  // namespace tvl::waits::awaiting
