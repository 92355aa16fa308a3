#pragma once
// The ways to download a job's URLs, one file each. Each returns when all downloads have ended or soon after the job
// was stopped, and throws std::runtime_error or std::system_error when threads or handles cannot be created.

#include "clients/fetch/job.hpp"

#include <array>

namespace tvl::fetch {

void serial(job&);    // one after another
void threads(job&);   // a thread for each URL
void executor(job&);  // blocking calls in a thread pool, awaited by a loop
void gather(job&);    // non-blocking, all on one loop

struct way {
  const char* name;
  void (*run)(job&);
};
inline constexpr std::array ways{way{"serial", serial}, way{"threads", threads}, way{"executor", executor},
                                 way{"gather", gather}};

}  // namespace tvl::fetch
