#pragma once
// The temporary folder of the services' data. The destructor removes it; after a killed suite, the next suite that
// starts at least a minute later does.

#include "bench/support/temporary_folder.hpp"
#include "clients/load/base/descriptor.hpp"

#include <filesystem>

namespace tvl::suite {

class services_folder {
 public:
  // Throws std::system_error.
  services_folder();

  // Mode 0711: the services run as different users.
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  scratch_folder folder_;
  load::descriptor lock_;  // marks the folder as in use
};

}  // namespace tvl::suite
