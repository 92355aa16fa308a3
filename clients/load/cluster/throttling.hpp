#pragma once
// Whether a limit of the control groups held this process back, as containers have one.

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

// The files cpu.stat of a process' control group and of all above it that it can see, from its /proc/PID/cgroup and
// /proc/PID/mountinfo: each may have a limit. Empty: no file system of control groups is mounted here.
std::vector<std::string> cpu_statistics(std::istream& groups, std::istream& mounts);

// From a cpu.stat: in how many periods the group was throttled so far. None: it does not say so, having no limit.
std::optional<std::int64_t> throttled_periods(std::istream& statistics);

// Of this process, all of its groups together. None: none says so.
std::optional<std::int64_t> throttled_periods();

}  // namespace tvl::load
