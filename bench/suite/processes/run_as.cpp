#include "bench/suite/processes/run_as.hpp"

#include "bench/suite/processes/errors.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <pwd.h>
#include <system_error>

namespace tvl::suite {

std::optional<account> ordinary_account(const std::string& name) {
  if (geteuid() != 0) return std::nullopt;
  for (const auto& wanted : {name, std::string("nobody")}) {
    if (const passwd* found = getpwnam(wanted.c_str()); found != nullptr && found->pw_uid != 0) {
      return account{found->pw_uid, found->pw_gid};
    }
  }
  throw not_installed("not to be run as root, and there is neither an account '" + name + "' nor 'nobody' here");
}

void make_private_folder(const std::filesystem::path& folder, const std::optional<account>& owner) {
  if (mkdir(folder.c_str(), 0700) != 0 || (owner && chown(folder.c_str(), owner->user, owner->group) != 0)) {
    throw std::system_error(errno, std::generic_category(), folder.string());
  }
}

}  // namespace tvl::suite
