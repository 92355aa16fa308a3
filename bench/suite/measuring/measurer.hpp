#pragma once
// Measures rounds: starts the server, validates its answers once, loads it, stops it, writes the record.

#include "bench/machine/idle_check.hpp"
#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/measuring/admission.hpp"
#include "bench/suite/measuring/find_knee.hpp"
#include "bench/suite/measuring/prepared_point.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/outcome.hpp"
#include "bench/suite/output/points_file.hpp"
#include "bench/suite/services/services.hpp"
#include "clients/load/meter/watcher.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace tvl::suite {

class measurer {
 public:
  measurer(const catalogue&, conditions, services&, journal&, progress&);

  // A row, the rounds of one group: one after another, or their servers loaded concurrently
  // (clients/load/run/concurrent.hpp), and then without a room, shares of a knee and services. A row with a round that
  // other processes or a late generator disturbed is measured again as a whole, because its rounds are compared as
  // pairs. Does not throw when a contestant fails: it is left out of its workload, with the reason in the journal, and
  // the other rounds of a concurrent row have no number. A contestant is not blamed for a service that ended: once in a
  // repetition the service is started again and the round repeated, else the points that need it are left out. Nor for
  // a process of the generator that ended: the round is repeated once. Throws load::generator_ended when one ends
  // again. A round that is stopped after 10 s has a record of what was measured until then.
  std::vector<outcome> measure(const std::vector<scheduled>& row);
  void leave_out(const std::vector<left_out>& missing) { admission_.leave_out(missing); }
  // In a resumed run: the knee found for this round's contestant.
  void set_knee(const scheduled&, double rate);

  bool some_failed() const { return admission_.some_failed(); }
  bool some_measured() const { return measured_; }

 private:
  struct loaded_server;
  using group = std::vector<prepared_point>;

  std::vector<outcome> measure_row(const std::vector<scheduled>&);
  std::vector<outcome> measure_concurrently(const std::vector<scheduled>&);
  std::vector<outcome> measure_group(const group&, bool again = false);
  bool may_measure_again(int repetition);
  std::vector<outcome> run_group(const group&);
  std::unique_ptr<running_server> start(const prepared_point&);
  exit_status stop(running_server&);
  void note_once(const std::string&);
  void validate_once(const prepared_point&);
  std::optional<double> knee_of(const prepared_point&);
  loaded_server prepare(const prepared_point&);
  load::watcher watcher_of(const loaded_server&);
  void load_one(loaded_server&);
  void load_concurrently(std::vector<loaded_server>&);
  outcome finish(loaded_server&);

  const catalogue& known_;
  conditions conditions_;
  services& services_;
  journal& journal_;
  progress& progress_;
  std::set<std::string> noted_;
  admission admission_;
  idle_waiter waiter_;
  idle_check idle_;                          // before the group's first round, or before it was measured again
  int group_ = -1;                           // of the previous round
  bool measured_ = false;                    // a point
  std::map<int, std::size_t> rows_again_;    // of each repetition
  const prepared_point* at_work_ = nullptr;  // to blame for an exception
  std::set<std::tuple<std::string, std::string, std::string>> validated_;  // workload, contestant, last endpoint
  std::map<std::string, knee_found> knees_;                                // by key_of_knee()
};

}  // namespace tvl::suite
