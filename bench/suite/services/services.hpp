#pragma once
// The services of a run. The constructor starts those that are needed, the destructor ends them.

#include "bench/machine/cpus.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/services/data_folder.hpp"
#include "bench/suite/services/service.hpp"
#include "bench/suite/services/service_flags.hpp"
#include "clients/load/meter/meter.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tvl::suite {

using service_names = std::set<std::string>;  // redis, postgres, upstream

// The services that the contestant calls for this endpoint; for a route of the user all whose placeholder it has. A
// command without the placeholder, and a server that the suite does not start, have their own.
service_names services_for(const manifest&, const std::string& endpoint);

// Share of one core that each service used in a window; none = unknown.
using cpu_shares = std::map<std::string, std::optional<double>>;

class services {
 public:
  // Starts or connects to those in `wanted`, on `cpus`. One that cannot be started is absent. Throws bad_input for a
  // given one that cannot be used, and run_stopped.
  services(const service_names& wanted, const service_flags& given, const std::filesystem::path& bin,
           const std::filesystem::path& logs, const std::vector<int>& cpus, std::stop_token stop);
  ~services();
  services(const services&) = delete;
  services& operator=(const services&) = delete;

  // Values of {redis}, {postgres} and {upstream}; empty = not running. In a command each is an argument of its own,
  // because CLI11 takes the next argument after an empty "--redis=".
  std::map<std::string, std::string> values() const;

  struct absence {
    std::string status;  // not installed | failed
    std::string reason;
  };
  // Why the first missing one of these is missing; empty = all are there.
  std::optional<absence> absent(const service_names&) const;

  struct ending {
    std::string name;
    std::string how;  // redis was ended by signal 9; stderr: | ...
    bool operator==(const ending&) const = default;
  };
  // The first of these that the suite started and that has ended since; empty = none.
  std::optional<ending> ended(const service_names&);
  // Throws server_failed when one of these has ended.
  void check_alive(const service_names&);
  // Starts one that has ended again, with new data and at another address. It is absent if that fails. Throws
  // run_stopped.
  void restart(const std::string& name);
  // From now on it is absent.
  void give_up(const ending&);

  // Of those that the suite started.
  std::map<std::string, load::meter> meters(const service_names&) const;

  // The subset with known contents: filled by the suite, or fixed (upstream).
  service_names known(const service_names&) const;

  // {"redis": {"origin": "started" | "given", "version": "7.0.15" | null, "cpu_share": 0.25 | null,
  //            "restarts": 0, of a given one null}, ...}
  nlohmann::json record(const service_names&, const cpu_shares&) const;

 private:
  void start(const std::string& name);
  void stop_all();

  service_environment where_;
  std::optional<services_folder> folder_;  // removed last
  std::map<std::string, service> running_;
  std::map<std::string, absence> absent_;
  std::map<std::string, int> restarts_;
};

// Cores that neither the server nor the generator has; if there are none, the generator's.
std::vector<int> service_cpus(const cpu_split&, const std::vector<int>& allowed);

// Why the services were the limit; empty = they were not. `others` is the other use of their `cores`, in cores.
std::string service_limit(const cpu_shares&, double others, double cores);

}  // namespace tvl::suite
