#pragma once
// libcurl's easy handles, kept for the next call: with them stay the connections that they opened (on a loop the multi
// handle has these) and the TLS sessions, which all handles share.

#include <curl/curl.h>

#include <memory>

namespace tvl::waits {

// For any number of threads. A handle may outlive it.
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

  // Keeps at most `kept` handles that nobody uses. Throws std::runtime_error when libcurl cannot be used.
  explicit curl_handles(std::size_t kept = 1024);

  // The one that was used last, as good as new but for what is said above. Null when there is no memory for one.
  handle take();

 private:
  std::shared_ptr<shelf> shelf_;
};

}  // namespace tvl::waits
