#include "clients/fetch/job.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace tvl::fetch {

std::size_t threads_now() {
  struct stat tasks {};  // cheaper than /proc/self/status: one link per thread, plus `.` and `..`
  return ::stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 2 ? tasks.st_nlink - 2 : 1;
}

job::job(const settings& s, std::stop_token stop, listener ended)
    : asked_(s),
      passed_on_(std::move(stop), [this] { stop_.request_stop(); }),
      ended_(std::move(ended)),
      results_(s.urls.size()) {}

std::size_t job::width() const { return std::min(asked_.in_flight, asked_.urls.size()); }

std::optional<std::size_t> job::next() {
  if (stop_.stop_requested()) return {};
  const std::size_t url = begun_++;
  if (url >= asked_.urls.size()) return {};
  count_threads();
  return url;
}

void job::end(std::size_t url, download d) {
  count_threads();
  const bool failed = d.how == download::end::failed;
  results_[url] = std::move(d);
  if (failed && asked_.fail_fast) stop_.request_stop();
  const std::lock_guard lock(reporting_);
  ended_(++ended_count_);
}

void job::count_threads() {
  const std::size_t now = threads_now();
  std::size_t peak = peak_threads_;
  while (peak < now && !peak_threads_.compare_exchange_weak(peak, now)) {
  }
}

}  // namespace tvl::fetch
