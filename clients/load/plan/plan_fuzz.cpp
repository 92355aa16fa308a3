// A plan that one process sends to another: refused, or read so that it is written alike.
//
// No choices.

#include "clients/load/plan/plan_serialization.hpp"
#include "servers/testing/fuzzing.hpp"

#include <nlohmann/json.hpp>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tvl::load;
  try {
    const auto once = pack(unpack({reinterpret_cast<const char*>(data), size}));
    tvl::fuzzing::must_equal(once, pack(unpack(once)), "a plan is read as it was written");
  } catch (const nlohmann::json::exception&) {
  }
  return 0;
}
