#pragma once
// Searches the knee: the highest load at which a server meets its SLO. Chooses the next trial from the results so far;
// no measurement, no clock.
//
//   knee search({.lowest = 100, .highest = 100'000});
//   while (const auto t = search.next()) search.tell(measure(t->load, t->seconds));
//   const knee_result found = search.result();
//
// Three phases: a geometric climb until a load fails; bisection; a longer confirmation run. If the confirmation fails,
// the search steps down, each step twice the last, until a confirmation passes, then bisects with long runs to the same
// precision. A load counts as failed only when it fails twice in a row: interference makes a good trial fail. It
// does not make a bad trial pass.

#include <cstddef>
#include <optional>
#include <string>

namespace tvl::load {

struct knee_plan {
  double lowest = 1;
  double highest = 1e6;
  bool whole = false;       // loads are integers (connections, not rates)
  double growth = 2;        // of the load from one step of the climb to the next
  double precision = 0.05;  // the interval's width relative to its lower end; one connection is always narrow enough
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
  bool met = false;    // the SLO
  bool valid = false;  // the point's verdict; an invalid point counts as failed
  std::string limiter = "none";
};

struct knee_result {
  enum class outcome { bracketed, met_up_to_highest, not_met_at_lowest };
  outcome kind = outcome::bracketed;
  std::optional<double> highest_confirmed;  // empty: not met at the lowest load
  std::optional<double> lowest_failed;      // empty: met up to the highest load
  std::string limiter = "none";             // of the lowest failed load; "slo" = it only missed the SLO
};

class knee {
 public:
  explicit knee(const knee_plan&);  // throws bad_plan on invalid limits

  std::optional<trial> next() const;  // empty: the search is over
  void tell(const observation&);      // the result of next(); throws std::logic_error for another load
  knee_result result() const;         // throws std::logic_error before the search is over

  // Upper bound of the number of trials.
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
  bool retrying_ = false;  // the current load has failed once
  double step_down_ = 1;   // in powers of 1 + precision
  std::optional<double> passed_, failed_, confirmed_;
  std::string limiter_ = "none";
};

}  // namespace tvl::load
