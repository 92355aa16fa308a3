#pragma once
// Several generator processes, here or on other hosts, that share one load: connect, start together, meter the server
// meanwhile, collect the points. Others may have a load of their own beside it.

#include "clients/load/meter/watcher.hpp"
#include "clients/load/run/generator_link.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {

// The run was stopped, and a generator process ended without a point.
struct run_interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A generator process ended early, e.g. because the kernel killed it: neither the plan nor the server is to blame.
struct generator_ended : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The conversation with a process, line by line: plan to the child, `ready` to the parent, start of the warm-up to the
// child, `over` to the parent, `leave` to the child once the server's memory has been read, the point to the parent.
inline constexpr std::string_view ready = "ready", over = "over", leave = "leave\n";

struct generator_group {
  struct member {
    std::unique_ptr<generator_link> link;
    std::string name;                 // for complaints
    std::optional<plan> beside = {};  // a load that is no part of the shared one
  };
  std::vector<member> members;            // those that share the load come first
  std::vector<const meter*> meters = {};  // of those on this machine: their CPU time is not that of other processes
  std::int64_t head_start;                // nanoseconds, so that all know the start before it comes
};

struct group_result {
  std::vector<point> parts;       // of those that share the load
  std::vector<point> beside;      // of the others
  std::vector<std::string> over;  // what each member said when its window was over, beside that word
  point whole;                    // the parts merged, with the server's cost; its verdict too
};

// The plan of the i-th of the n that share the load is share_of(whole, i, n). Throws bad_plan, generator_ended,
// run_interrupted, or std::runtime_error when one does not end.
group_result run_together(const plan& whole, generator_group&, const watcher&);

}  // namespace tvl::load
