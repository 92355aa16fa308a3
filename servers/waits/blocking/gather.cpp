#include "servers/waits/blocking/gather.hpp"

#include "servers/runtime/thread.hpp"

#include <pthread.h>

namespace tvl::waits::blocking {
namespace {

using handler::service_result;

// bytes, enough for libcurl with a sanitizer's larger frames
constexpr std::size_t stack = 256u << 10;

}  // namespace

std::vector<service_result> gather(std::size_t count, const std::function<service_result(std::size_t)>& call) {
  std::vector<service_result> results(count);
  std::vector<pthread_t> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i + 1 < count; ++i) {
    pthread_t id{};
    if (runtime::create_thread(id, PTHREAD_CREATE_JOINABLE, stack, [&, i] { results[i] = call(i); }) == 0)
      threads.push_back(id);
    else
      results[i] = {503, "no thread for another call"};
  }
  results.back() = call(count - 1);
  for (const auto id : threads) ::pthread_join(id, nullptr);
  return results;
}

}  // namespace tvl::waits::blocking
