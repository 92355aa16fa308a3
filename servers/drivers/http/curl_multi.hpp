#pragma once
// libcurl transfers on an Asio loop: a multi handle driven by the loop's epoll, timers and thread.
//
//   const CURLcode code = co_await multi.perform(easy, deadline);

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <curl/curl.h>

#include <chrono>
#include <memory>

namespace tvl::waits::awaiting {

struct curl_multi_options {
  long connections = 0;  // open to all servers together; further transfers wait; 0 = no limit
  long kept = 0;         // of these, kept open while unused; 0 = libcurl's rule: 4 per transfer
};

// One per loop, for the loop's thread only; destroy it before its io_context. The process must ignore SIGPIPE.
//
// The caller owns and configures an easy handle, uses it for one perform() at a time and may reuse it; its connections
// belong to the multi handle. perform() sets the callbacks that open and close sockets, CURLOPT_NOSIGNAL and
// CURLOPT_QUICK_EXIT, after which curl_easy_perform() cannot use the handle. libcurl calls the handle's callbacks from
// the loop, never within perform(); they must not block or destroy this object. Coroutines may call curl_easy_pause().
class curl_multi {
 public:
  using clock = std::chrono::steady_clock;

  explicit curl_multi(boost::asio::io_context&, const curl_multi_options& = {});
  curl_multi(const curl_multi&) = delete;
  curl_multi& operator=(const curl_multi&) = delete;
  // Ends running transfers with CURLE_ABORTED_BY_CALLBACK and closes all connections.
  ~curl_multi();

  // Resumes at the end of the transfer. CURLE_OPERATION_TIMEDOUT at the deadline, which unlike CURLOPT_TIMEOUT includes
  // the wait for a connection; CURLE_ABORTED_BY_CALLBACK when the coroutine is cancelled (any type); CURLE_FAILED_INIT
  // when libcurl rejects the handle. In all cases, also when the coroutine is destroyed, libcurl no longer uses the
  // handle.
  boost::asio::awaitable<CURLcode, runtime::executor> perform(CURL* easy,
                                                              clock::time_point deadline = clock::time_point::max());

 private:
  class engine;
  std::shared_ptr<engine> engine_;
};

}  // namespace tvl::waits::awaiting
