#pragma once
// Running totals of a process: what the scheduler did with its threads, and their page faults.

#include "clients/load/base/described.hpp"

#include <cstdint>
#include <optional>

namespace tvl::load {

// Empty = unknown.
struct scheduling_counts {
  std::optional<std::uint64_t> voluntary, involuntary;  // context switches
  std::optional<std::uint64_t> slices;                  // times that a thread got a core
  std::optional<std::uint64_t> waited_ns;               // that threads were ready to run and had no core
  std::optional<std::uint64_t> migrations;              // of a thread to another core
};
BOOST_DESCRIBE_STRUCT(scheduling_counts, (), (voluntary, involuntary, slices, waited_ns, migrations))

inline constexpr scheduling_counts no_counts_yet{0, 0, 0, 0, 0};

// Of all threads, those that ended too, and of the children that the process has waited for.
struct page_faults {
  std::uint64_t minor = 0, major = 0;
};
BOOST_DESCRIBE_STRUCT(page_faults, (), (minor, major))

// With the counts of `other` where there are none.
inline scheduling_counts completed(scheduling_counts counts, const scheduling_counts& other) {
  for_each_member<scheduling_counts>([&](const char*, auto member) {
    if (!(counts.*member)) counts.*member = other.*member;
  });
  return counts;
}

// Between two readings. Empty where one is unknown, or the total shrank because something ended.
inline scheduling_counts difference(const scheduling_counts& begin, const scheduling_counts& end) {
  scheduling_counts d;
  for_each_member<scheduling_counts>([&](const char*, auto member) {
    const auto &from = begin.*member, &to = end.*member;
    if (from && to && *to >= *from) d.*member = *to - *from;
  });
  return d;
}

}  // namespace tvl::load
