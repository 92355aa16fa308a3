#include "servers/handler/injected_work.hpp"

namespace tvl::handler {

void spend(std::uint64_t rounds) {
  std::uint64_t n = 1;
  for (; rounds > 0; --rounds) {
    n = n * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(n));  // keeps the compiler from removing the unused result
  }
}

}  // namespace tvl::handler
