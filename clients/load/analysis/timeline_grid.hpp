#pragma once
// When the rows of a point's timeline end, and after which of them the server is read.
//
// A row is a second long; a tenth of a second where the plan changes inside its window, so that an effect is not in the
// same row as its cause. Rows begin anew at every change, so no row lies on both sides of one. The row before a change
// and the window's last one may be shorter.
//
// The server is read less often: at the end of each row in which a second of the window ends, right before each change,
// and one row after it. Ten readings a second would take 1 to 2 % of a core beside the generator (see meter.hpp: 5 us
// per process of the machine), which is as much as a p99 is about.

#include "clients/load/base/clock.hpp"
#include "clients/load/plan/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tvl::load {

class timeline_grid {
 public:
  // Of a single row, until the window ends.
  timeline_grid() = default;
  explicit timeline_grid(const plan&);

  // Nanoseconds since the window began, like all times here.
  std::int64_t interval() const { return interval_; }
  // End of the row that begins at `begin`; never = the window's end.
  std::int64_t end_of(std::int64_t begin) const;

  struct row {
    std::size_t index = 0;
    std::int64_t begin = 0, end = never;

    // Whether a second of the window ends in it.
    bool ends_second() const { return end / one_second > begin / one_second; }
  };
  // The rows at whose end the server is read; one whose end is `never` follows the last of them.
  row first_read() const;
  row next_read(row) const;

 private:
  bool is_read(const row&) const;

  std::int64_t interval_ = never, window_ = never;
  std::vector<std::int64_t> changes_;  // ascending
};

}  // namespace tvl::load
