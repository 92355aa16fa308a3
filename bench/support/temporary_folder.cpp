#include "bench/support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace tvl::suite {

scratch_folder::scratch_folder(const std::string& name) {
  std::string pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tvl::suite
