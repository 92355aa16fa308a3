#pragma once
// The file of the running program, beside which the other programs are.

#include "clients/load/base/bad_plan.hpp"

#include <filesystem>
#include <string>
#include <system_error>

namespace tvl::load {

// Throws bad_plan without a readable /proc.
inline std::filesystem::path this_program() {
  constexpr char link[] = "/proc/self/exe";
  std::error_code error;
  auto program = std::filesystem::read_symlink(link, error);
  if (error) throw bad_plan(std::string(link) + " cannot be read: " + error.message());
  return program;
}

}  // namespace tvl::load
