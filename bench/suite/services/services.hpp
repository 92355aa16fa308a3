#pragma once
// The services of a run: those are started that some contestant is measured with; they are gone with the object.

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

// What the contestant calls when this endpoint is requested, as far as its command has a place for it: one without
// {redis}, or that somebody else started, has its own.
service_names services_for(const manifest&, const std::string& endpoint);

// CPU share of one core of each service over a window; none = not known.
using cpu_shares = std::map<std::string, std::optional<double>>;

class services {
 public:
  // Starts or looks at those that are wanted, on `cpus`. One that cannot be started is absent. Throws bad_input for one
  // that was given and cannot be used, and run_stopped.
  services(const service_names& wanted, const service_flags& given, const std::filesystem::path& bin,
           const std::filesystem::path& logs, const std::vector<int>& cpus, std::stop_token stop);
  ~services();
  services(const services&) = delete;
  services& operator=(const services&) = delete;

  // What fills {redis}, {postgres} and {upstream}. Empty = not there, as the servers' own flags have it; a word of its
  // own in a command, since CLI11 takes the next word behind an empty "--redis=".
  std::map<std::string, std::string> values() const;

  struct absence {
    std::string status;  // not installed | failed
    std::string reason;
  };
  // Why what needs these cannot be measured; empty = it can.
  std::optional<absence> absent(const service_names&) const;

  // Throws contestant_failed when one of these has ended.
  void check_alive(const service_names&);

  // Of those that we started.
  std::map<std::string, load::meter> meters(const service_names&) const;

  // Of these, whose contents are known: we filled them, or there is only one that they can be.
  service_names known(const service_names&) const;

  // {"redis": {"origin": "started" | "given", "version": "7.0.15" | null, "cpu_share": 0.25 | null}, ...}
  nlohmann::json record(const service_names&, const cpu_shares&) const;

 private:
  void stop_all();

  std::optional<services_folder> folder_;  // goes last
  std::map<std::string, service> running_;
  std::map<std::string, absence> absent_;
};

// Not the server's: cores that neither it nor the generator has, if there are any, else the generator's.
std::vector<int> service_cpus(const cpu_split&, const std::vector<int>& allowed);

// Why the services were the limit; empty = they were not. `others` is what else was used of their `cores`, in cores.
std::string service_limit(const cpu_shares&, double others, double cores);

}  // namespace tvl::suite
