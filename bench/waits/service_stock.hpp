#pragma once
// The services that the ways call, each started on first use.

#include "bench/suite/services/service_flags.hpp"
#include "bench/suite/services/services.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tvl::bench {

// The service is not available; what() says why.
struct service_missing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class service_stock {
 public:
  // Starts services on these cores, from programs in `bin`. Throws suite::bad_input for a given service that does not
  // work.
  service_stock(suite::service_flags, std::filesystem::path bin, std::vector<int> cpus);

  // The service's address, in the form of the servers' flags. Throws service_missing.
  std::string find(const std::string& name);

 private:
  suite::services& start(const std::string& name);

  const suite::service_flags given_;
  const std::filesystem::path bin_;
  const std::vector<int> cpus_;
  const suite::scratch_folder logs_{"tvl-waits"};
  std::map<std::string, std::unique_ptr<suite::services>> running_;
};

}  // namespace tvl::bench
