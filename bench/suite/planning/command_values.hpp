#pragma once
// What fills the places of a contestant's command at one point, and what it has at work then.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "clients/load/plan/plan.hpp"

#include <map>
#include <string>

namespace tvl::suite {

class filling {
 public:
  // Who gives no number gets one for each core of the server, or as its manifest says.
  filling(const manifest&, const scheduled&, const load::plan&, int server_cores);

  // Of every variable that fills a command.
  const std::map<std::string, std::string>& texts() const { return texts_; }
  int number(const std::string& name) const { return std::stoi(texts_.at(name)); }

  int processes() const;  // of the server, each with descriptors of its own
  int threads() const;    // that it starts: for its connections, or as many as it is told
  room at_once() const;

 private:
  const manifest& m_;
  int connections_;  // all of them
  int active_;
  std::map<std::string, std::string> texts_;
};

}  // namespace tvl::suite
