#pragma once
// The URLs to download and the results: shared by all ways of downloading.

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
  std::vector<std::string> urls;              // http or https, at least one, each downloaded once
  std::size_t in_flight = 16;                 // most concurrent downloads; serial has one
  std::chrono::milliseconds timeout{30'000};  // of one download, 0 = none
  std::uint64_t max_bytes = 0;                // of one body, more is a failure; 0 = no limit
  bool fail_fast = false;                     // the first failure cancels the rest
};

struct download {
  enum class end { none, ok, failed };  // none: not begun, or cancelled

  end how = end::none;
  std::uint64_t bytes = 0;     // received bytes of the body
  clock::duration time{};      // from begin to end
  std::optional<long> status;  // HTTP status of the last reply
  std::string error;           // one line if failed
};

// One run over all URLs. Thread-safe, except results(): call it when the way has returned.
class job {
 public:
  using listener = std::function<void(std::size_t ended)>;

  // `stop` ends the job early. `ended` is called after every download by its thread, one call at a time.
  job(const settings&, std::stop_token stop, listener ended);

  const settings& asked() const { return asked_; }
  // Number of concurrent downloads.
  std::size_t width() const;
  // The index of the next URL to download; empty when all have begun or the job was stopped.
  std::optional<std::size_t> next();
  void end(std::size_t url, download);

  // Requested by the constructor's token or, with fail_fast, by the first failure.
  std::stop_token stop() const { return stop_.get_token(); }

  // In the order of the URLs.
  const std::vector<download>& results() const { return results_; }
  // Largest number of threads of this process at the begin or end of a download.
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

// Current number of threads of this process.
std::size_t threads_now();

}  // namespace tvl::fetch
