#include "bench/suite/programs.hpp"

// search_path.hpp of Boost 1.81 uses error_code without including it.
// clang-format off
#include <boost/system/error_code.hpp>
#include <boost/process/search_path.hpp>
// clang-format on

namespace tvl::suite {

std::filesystem::path find_program(const std::string& name) { return boost::process::search_path(name); }

}  // namespace tvl::suite
