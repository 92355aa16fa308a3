#include "bench/suite/services/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

namespace tvl::suite {
namespace {

const std::string name = "tvl-services";

load::descriptor open_folder(const std::filesystem::path& folder) {
  return load::descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool lock(const load::descriptor& folder) { return flock(folder.get(), LOCK_EX | LOCK_NB) == 0; }

// Owned by this user, and old enough that its suite must have locked it.
bool is_old(const load::descriptor& folder) {
  struct stat facts {};
  if (fstat(folder.get(), &facts) != 0 || facts.st_uid != geteuid()) return false;
  const auto made = std::chrono::system_clock::from_time_t(facts.st_mtime);
  return std::chrono::system_clock::now() - made > std::chrono::minutes(1);
}

void remove_abandoned() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path(), ignored)) {
    if (!entry.path().filename().string().starts_with(name + "-")) continue;
    const auto folder = open_folder(entry.path());
    if (is_old(folder) && lock(folder)) std::filesystem::remove_all(entry.path(), ignored);
  }
}

}  // namespace

services_folder::services_folder() : folder_(name), lock_(open_folder(path())) {
  if (!lock(lock_) || chmod(path().c_str(), 0711) != 0) {
    throw std::system_error(errno, std::generic_category(), path().string());
  }
  remove_abandoned();
}

}  // namespace tvl::suite
