#include "bench/support/project_folder.hpp"

#include "bench/support/build_facts.hpp"
#include "clients/load/base/this_program.hpp"

namespace tvl::suite {
namespace {

std::filesystem::path installed_folder() {
  return (load::this_program().parent_path() / build::data_from_programs).lexically_normal();
}

bool is_installed() { return std::filesystem::exists(installed_folder() / "version"); }

}  // namespace

std::filesystem::path project_folder() { return is_installed() ? installed_folder() : build::source_dir; }

std::filesystem::path results_folder() { return is_installed() ? "results" : project_folder() / "results"; }

}  // namespace tvl::suite
