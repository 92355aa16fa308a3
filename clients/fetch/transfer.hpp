#pragma once
// A libcurl handle that downloads a job's URLs one after another:
//
//   for (transfer t(job); t.next();) t.end(::curl_easy_perform(t.easy()));

#include "clients/fetch/job.hpp"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>

namespace tvl::fetch {

// Not thread-safe. Keeps its connection between downloads. Throws std::runtime_error when libcurl has no handle.
class transfer {
 public:
  explicit transfer(job&);
  transfer(const transfer&) = delete;  // libcurl points to it
  transfer& operator=(const transfer&) = delete;

  // Prepares the handle for the job's next URL; false when there is none.
  bool next();
  CURL* easy() const { return easy_.get(); }
  // Reports the result to the job.
  void end(CURLcode);

 private:
  static std::size_t receive(char*, std::size_t, std::size_t n, void* self);
  static int stopped(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  std::string reason(CURLcode) const;

  job& job_;
  std::unique_ptr<CURL, void (*)(CURL*)> easy_;
  std::size_t url_ = 0;
  clock::time_point begun_;
  std::uint64_t bytes_ = 0;
  std::array<char, CURL_ERROR_SIZE> error_{};  // libcurl's message
};

}  // namespace tvl::fetch
