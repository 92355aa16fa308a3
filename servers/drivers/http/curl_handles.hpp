#pragma once
// Cache of libcurl easy handles. A handle keeps its connections (on a loop the multi handle has them); all handles
// share their TLS sessions.

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>

namespace tvl::waits {

// Thread-safe. A handle may outlive it.
class curl_handles {
  class shelf;

 public:
  class put_back {
   public:
    put_back() = default;
    explicit put_back(std::shared_ptr<shelf> s) : shelf_(std::move(s)) {}
    void operator()(CURL*) const;

   private:
    std::shared_ptr<shelf> shelf_;
  };
  using handle = std::unique_ptr<CURL, put_back>;

  // Keeps at most `kept` unused handles, each for `unused` at most: after a peak of requests the connections of the
  // rest are closed when others come back. Throws std::runtime_error when libcurl fails to initialise.
  explicit curl_handles(std::size_t kept = 1024, std::chrono::milliseconds unused = std::chrono::seconds(30));

  // The handle used last, with default options, or a new one. Null when out of memory.
  handle take();

 private:
  std::shared_ptr<shelf> shelf_;
};

}  // namespace tvl::waits
