#include "bench/waits/service_stock.hpp"

#include <utility>

namespace tvl::bench {

service_stock::service_stock(suite::service_flags given, std::filesystem::path bin, std::vector<int> cpus)
    : given_(std::move(given)), bin_(std::move(bin)), cpus_(std::move(cpus)) {
  if (given_.redis) start("redis");
  if (given_.postgres) start("postgres");
  if (given_.upstream) start("upstream");
}

suite::services& service_stock::start(const std::string& name) {
  auto& found = running_[name];
  if (!found)
    found = std::make_unique<suite::services>(suite::service_names{name}, given_, bin_, logs_.path(), cpus_,
                                              std::stop_token());
  return *found;
}

std::string service_stock::find(const std::string& name) {
  const auto& s = start(name);
  if (const auto missing = s.absent({name})) throw service_missing(missing->status + ": " + missing->reason);
  return s.values().at(name);
}

}  // namespace tvl::bench
