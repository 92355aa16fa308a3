#pragma once
// What is to be downloaded, and what came of it: all that the ways of downloading have in common but the transfer.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::fetch {

using clock = std::chrono::steady_clock;

struct settings {
  std::vector<std::string> urls;              // http or https, one at least, each downloaded once
  std::size_t in_flight = 16;                 // downloads under way at once at most; serial has one
  std::chrono::milliseconds timeout{30'000};  // for one download, 0 = for ever
  std::uint64_t max_bytes = 0;                // of one body, more is a failure; 0 = any number
  bool fail_fast = false;                     // the first failure ends the rest
};

struct download {
  enum class end { none, ok, failed };  // none: not begun, or cancelled

  end how = end::none;
  std::uint64_t bytes = 0;     // of the body, as far as it came
  clock::duration time{};      // from its begin to its end
  std::optional<long> status;  // HTTP's, of the last reply
  std::string error;           // of a failed one, one line
};

// One run over all URLs. Any thread may call any function at any time, but results() is for when the way has returned.
class job {
 public:
  using listener = std::function<void(std::size_t ended)>;

  // `stop` ends it early. `ended` is called after every download, by the thread that made it, one at a time.
  job(const settings&, std::stop_token stop, listener ended);

  const settings& asked() const { return asked_; }
  // Downloads that are worth being under way at once.
  std::size_t width() const;
  // The URL to be downloaded next; none when all have been begun or the job was stopped.
  std::optional<std::size_t> next();
  void end(std::size_t url, download);

  // Requested by the constructor's token, and by the first failure if asked().fail_fast.
  std::stop_token stop() const { return stop_.get_token(); }

  // As many as URLs, in their order.
  const std::vector<download>& results() const { return results_; }
  // Largest number of threads that this process had when a download began or ended.
  std::size_t peak_threads() const { return peak_threads_; }

 private:
  void count_threads();

  const settings& asked_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> passed_on_;
  listener ended_;
  std::vector<download> results_;
  std::atomic<std::size_t> begun_ = 0;
  std::atomic<std::size_t> peak_threads_ = 0;
  std::mutex reporting_;
  std::size_t ended_count_ = 0;
};

// The threads of this process now.
std::size_t threads_now();

}  // namespace tvl::fetch
