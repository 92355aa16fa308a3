#include "clients/load/base/this_program.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <system_error>

namespace tvl::load {

std::filesystem::path this_program() {
  constexpr char link[] = "/proc/self/exe";
  std::error_code error;
  auto program = std::filesystem::read_symlink(link, error);
  if (error) throw bad_plan(std::string(link) + " cannot be read: " + error.message());
  return program;
}

}  // namespace tvl::load
