#include "clients/load/cluster/probe_plan.hpp"

#include <cstdint>

namespace tvl::load {
namespace {

constexpr std::uint64_t far_seed = 0x70726f6265;  // from those of the shares

}  // namespace

plan probe_plan(const plan& whole, double rate) {
  plan p;
  p.url = whole.url;
  p.targets = whole.targets;
  p.allow_remote = whole.allow_remote;
  p.rate = rate;
  p.idle = whole.idle;
  p.warmup_s = whole.warmup_s;
  p.seconds = whole.seconds;
  p.timeout_s = whole.timeout_s;
  p.seed = whole.seed + far_seed;
  p.congestion_control = whole.congestion_control;
  return p;
}

}  // namespace tvl::load
