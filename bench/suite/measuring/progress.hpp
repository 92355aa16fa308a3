#pragma once
// Progress of a run: one line per round, with the estimated time left.

#include "bench/suite/planning/remaining_time.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::suite {

class progress {
 public:
  // On a terminal, the running round has a status line that is overwritten.
  progress(std::ostream& out, bool terminal, std::vector<planned_round>);

  void begin(const std::string& name);
  void second(double t, double replies_per_s);
  void end(const std::string& summary, double took_s);
  void skip();
  void again(std::size_t rounds);      // the last ones are measured once more
  void note(const std::string& text);  // a line of its own

 private:
  void status(const std::string& text);
  void line(const std::string& text, bool warning);
  std::string place() const;  // "[3/60]"

  std::ostream& out_;
  bool terminal_;
  std::size_t total_;
  std::size_t index_ = 0;
  std::string name_;
  std::string left_text_;  // of this round: computing it every second would disturb the measurement
  time_left left_;
};

// "45 s", "3 min 05 s", "1 h 02 min".
std::string duration_text(double seconds);

}  // namespace tvl::suite
