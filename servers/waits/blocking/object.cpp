#include "servers/waits/blocking/client_watch.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"
#include "servers/waits/object_reply.hpp"

#include <chrono>

namespace tvl::waits::blocking {
namespace {

class waiting_reply : public object_reply {
 public:
  waiting_reply(services& s, const std::string& url, runtime::peer& p)
      : object_reply(s.handles, url, p), options_(s.options), deadline_(options_.deadline()) {
    ::curl_easy_setopt(easy(), CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(easy(), CURLOPT_XFERINFOFUNCTION, &on_progress);
    ::curl_easy_setopt(easy(), CURLOPT_XFERINFODATA, this);
  }

  void transfer() {
    const auto code = ::curl_easy_perform(easy());
    end(late_ ? CURLE_OPERATION_TIMEDOUT : code);
  }

 private:
  std::size_t pass_on(std::string_view bytes) override {
    session().piece(bytes);
    const bool sent = deliver(peer(), options_.deadline());
    deadline_ = options_.deadline();
    return sent ? bytes.size() : 0;
  }

  // Called by libcurl on activity, and once a second without: a timeout or a lost client is noticed that much later. A
  // non-zero result ends the transfer.
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& reply = *static_cast<waiting_reply*>(self);
    const auto now = clock::now();
    if (now < reply.next_check_) return 0;
    reply.next_check_ = now + std::chrono::milliseconds(200);
    reply.late_ = now > reply.deadline_;
    return reply.late_ || reply.peer().gone() ? 1 : 0;
  }

  const service_options& options_;
  clock::time_point deadline_;  // for the upstream's next bytes
  clock::time_point next_check_{};
  bool late_ = false;
};

}  // namespace

void object(services& s, runtime::peer& peer, const handler::plan& p) {
  if (s.options.upstream.empty()) return peer.session().reply(upstream_failed(failure::not_configured));
  waiting_reply(s, object_url(s.options, *p.text), peer).transfer();
}

}  // namespace tvl::waits::blocking
