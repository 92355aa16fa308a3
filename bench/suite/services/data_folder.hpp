#pragma once
// The temporary folder of the services' data. It goes with the object, or, when the suite was killed, with the next
// suite that runs here a minute or more later.

#include "bench/support/temporary_folder.hpp"
#include "clients/load/base/descriptor.hpp"

#include <filesystem>

namespace tvl::suite {

class services_folder {
 public:
  // Throws std::system_error.
  services_folder();

  // Everybody may pass through: the services run as different accounts.
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  scratch_folder folder_;
  load::descriptor lock_;  // shows as long as we live that the folder is in use
};

}  // namespace tvl::suite
