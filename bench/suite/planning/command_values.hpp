#pragma once
// Values for the placeholders in a contestant's command, and its threads and processes at one point.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "clients/load/plan/plan.hpp"

#include <map>
#include <string>

namespace tvl::suite {

class command_values {
 public:
  // Default of a variable: as the manifest says, else one per core of the server.
  command_values(const manifest&, const scheduled&, const load::plan&, int server_cores);

  const std::map<std::string, std::string>& texts() const { return texts_; }
  int number(const std::string& name) const { return std::stoi(texts_.at(name)); }

  int processes() const;  // with separate descriptor tables
  int threads() const;
  concurrency_slots slots() const;

 private:
  const manifest& m_;
  int connections_;  // background connections included
  int active_;
  std::map<std::string, std::string> texts_;
};

}  // namespace tvl::suite
