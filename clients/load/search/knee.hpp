#pragma once
// The search for the highest load at which a server still meets its objectives: which load to try next, and for how
// long, from what was seen so far. It measures nothing and knows no clock, so it can be tried on any system.
//
//   knee search({.lowest = 100, .highest = 100'000});
//   while (const auto t = search.next()) search.tell(measure(t->load, t->seconds));
//   const knee_result found = search.result();
//
// Three phases: a geometric climb until a load fails; bisection of what lies between; a longer confirmation run of the
// winner. If that fails, the search steps down, each step twice the last, until a confirmation holds, and bisects once
// more with long runs, so that the result is as narrow as without trouble. In climb and bisection a load that fails is
// tried a second time, and only counts as failed when it fails again; a confirmation has no second chance.

#include <cstddef>
#include <optional>
#include <string>

namespace tvl::load {

struct knee_plan {
  double lowest = 1;
  double highest = 1e6;
  bool whole = false;       // loads are whole numbers (connections, not rates)
  double growth = 2;        // of the load from one step of the climb to the next
  double precision = 0.05;  // the bracket's width, relative to its lower end; one connection is always narrow enough
  double search_s = 3;
  double confirm_s = 15;
};

struct trial {
  double load = 0;
  double seconds = 0;
  bool confirmation = false;
};

struct observation {
  double load = 0;
  bool met = false;    // the objectives
  bool valid = false;  // the verdict: a load that was not really offered proves nothing
  std::string limiter = "none";
};

struct knee_result {
  enum class outcome { bracketed, met_up_to_highest, not_met_at_lowest };
  outcome kind = outcome::bracketed;
  std::optional<double> highest_confirmed;  // empty: not met even at the lowest load
  std::optional<double> lowest_failed;      // empty: met everywhere up to the highest load
  std::string limiter = "none";  // what limited the lowest load that failed; "slo" = it only missed the objectives
};

class knee {
 public:
  explicit knee(const knee_plan&);  // throws bad_plan on limits that make no sense

  std::optional<trial> next() const;  // empty: the search is over
  void tell(const observation&);      // what came of next(); std::logic_error when it is about anything else
  knee_result result() const;         // std::logic_error before the search is over

  // No search takes more trials than this, whatever it is told.
  std::size_t most_trials() const;

 private:
  enum class phase { climbing, bisecting, confirming, over };

  void passed();
  void failed(const observation&);
  void narrow();
  double higher() const;
  double between() const;
  double lower();
  bool narrow_enough() const;

  knee_plan plan_;
  phase phase_ = phase::climbing;
  double load_;            // of the next trial
  bool retrying_ = false;  // the load at hand has failed once
  double step_down_ = 1;   // in powers of 1 + precision
  std::optional<double> passed_, failed_, confirmed_;
  std::string limiter_ = "none";
};

}  // namespace tvl::load
