#pragma once
// libcurl transfers on an Asio loop: a multi handle that is driven by the loop's own epoll, timers and thread.
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
  long connections = 0;  // open at once to all servers together; further transfers wait for one; 0 = no limit
  long kept = 0;         // of these, open while unused; 0 = libcurl's rule: 4 per transfer under way
};

// One per loop, used by the loop's thread only, gone before its io_context. The process ignores SIGPIPE.
//
// An easy handle stays its caller's: it is prepared by him, used for one perform() at a time, and reused for the next
// one (the connections belong to the multi handle and are reused anyway). perform() sets on it the functions that open
// and close sockets, CURLOPT_NOSIGNAL and CURLOPT_QUICK_EXIT; such a handle is of no use to curl_easy_perform()
// afterwards. libcurl calls the handle's callbacks from the loop, never from within perform(); they must neither block
// nor destroy this object. curl_easy_pause() may be called from a coroutine.
class curl_multi {
 public:
  using clock = std::chrono::steady_clock;

  explicit curl_multi(boost::asio::io_context&, const curl_multi_options& = {});
  curl_multi(const curl_multi&) = delete;
  curl_multi& operator=(const curl_multi&) = delete;
  // Ends what is under way with CURLE_ABORTED_BY_CALLBACK and closes all connections.
  ~curl_multi();

  // Resumes when the transfer has ended. At the deadline it is CURLE_OPERATION_TIMEDOUT (which, other than
  // CURLOPT_TIMEOUT, counts the wait for a connection); when the awaiting coroutine is cancelled (any cancellation
  // type) it is CURLE_ABORTED_BY_CALLBACK; CURLE_FAILED_INIT when libcurl does not take the handle. In all these cases,
  // and when the coroutine is destroyed, libcurl has let go of the handle and of what the handle points to.
  boost::asio::awaitable<CURLcode, runtime::executor> perform(CURL* easy,
                                                              clock::time_point deadline = clock::time_point::max());

 private:
  class engine;
  std::shared_ptr<engine> engine_;
};

}  // namespace tvl::waits::awaiting
