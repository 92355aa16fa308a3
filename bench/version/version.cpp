#include "bench/version/version.hpp"

namespace tvl {

std::string version() { return TVL_VERSION; }

std::string commit() { return TVL_COMMIT; }

std::string version_line(const std::string& program) {
  return program.substr(program.rfind('/') + 1) + " " + version();
}

}  // namespace tvl
