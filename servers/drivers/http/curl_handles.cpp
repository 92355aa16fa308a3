#include "servers/drivers/http/curl_handles.hpp"

#include <array>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>

namespace tvl::waits {

class curl_handles::shelf {
 public:
  shelf(std::size_t kept, std::chrono::milliseconds unused) : kept_(kept), unused_(unused) {
    static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw std::runtime_error("libcurl: " + std::string(::curl_easy_strerror(code)));
    share_ = ::curl_share_init();
    if (!share_) throw std::runtime_error("libcurl: no share handle");
    ::curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
    ::curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &lock);
    ::curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &unlock);
    // Not the connections, which libcurl cannot share safely between threads (CURLSHOPT_SHARE's manual).
    ::curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;
  ~shelf() {
    for (const auto& each : idle_) ::curl_easy_cleanup(each.easy);
    ::curl_share_cleanup(share_);
  }

  CURL* take() {
    {
      const std::lock_guard held(mutex_);
      if (!idle_.empty()) {
        CURL* easy = idle_.back().easy;
        idle_.pop_back();
        return easy;
      }
    }
    CURL* easy = ::curl_easy_init();
    if (easy) ::curl_easy_setopt(easy, CURLOPT_SHARE, share_);
    return easy;
  }

  void give(CURL* easy) {
    ::curl_easy_reset(easy);  // it has dangling pointers
    const auto now = clock::now();
    CURL* too_many = nullptr;
    {
      const std::lock_guard held(mutex_);
      idle_.push_back({easy, now});
      // At the front is what was used the longest time ago. One each time is enough: more come back than grow old.
      if (idle_.size() > kept_ || now - idle_.front().since > unused_) {
        too_many = idle_.front().easy;
        idle_.pop_front();
      }
    }
    if (too_many) ::curl_easy_cleanup(too_many);
  }

 private:
  using clock = std::chrono::steady_clock;
  struct unused_handle {
    CURL* easy;
    clock::time_point since;
  };

  static void lock(CURL*, curl_lock_data data, curl_lock_access, void* self) {
    static_cast<shelf*>(self)->shared_[data].lock();
  }
  static void unlock(CURL*, curl_lock_data data, void* self) { static_cast<shelf*>(self)->shared_[data].unlock(); }

  const std::size_t kept_;
  const clock::duration unused_;
  std::mutex mutex_;
  std::deque<unused_handle> idle_;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> shared_;
  CURLSH* share_ = nullptr;
};

curl_handles::curl_handles(std::size_t kept, std::chrono::milliseconds unused)
    : shelf_(std::make_shared<shelf>(kept, unused)) {}

curl_handles::handle curl_handles::take() { return {shelf_->take(), put_back(shelf_)}; }

void curl_handles::put_back::operator()(CURL* easy) const { shelf_->give(easy); }

}  // namespace tvl::waits
