#include "clients/load/option_effects.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <vector>

namespace tvl::load {
namespace {

using action = command::action;

// When an option may have no effect.
struct mode {
  const char* words;
  bool (*holds)(const command&);
};

bool finds(const command& c) { return c.what == action::find_rate || c.what == action::find_connections; }
bool is_open(const command& c) { return c.plan.open_loop() || c.what == action::find_rate || c.what == action::room; }
bool is_room(const command& c) { return c.what == action::room; }

constexpr mode in_room = {"with --room", is_room};
constexpr mode with_find = {"with --find", finds};
constexpr mode without_find = {"without --find", [](const command& c) { return !finds(c); }};
constexpr mode with_find_rate = {"with --find rate", [](const command& c) { return c.what == action::find_rate; }};
constexpr mode with_find_connections = {"with --find connections",
                                        [](const command& c) { return c.what == action::find_connections; }};
constexpr mode open_loop = {"in an open loop, which has a rate", is_open};
constexpr mode closed_loop = {"in a closed loop: it needs --rate", [](const command& c) { return !is_open(c); }};
constexpr mode nothing_drawn = {"in a closed loop without --mix",
                                [](const command& c) { return !is_open(c) && c.plan.targets.size() == 1; }};
constexpr mode websocket = {"with a ws:// URL", [](const command& c) { return c.plan.url.starts_with("ws://"); }};
constexpr mode with_hosts = {"with --hosts", [](const command& c) { return !c.hosts.names.empty(); }};
constexpr mode without_hosts = {"without --hosts", [](const command& c) { return c.hosts.names.empty(); }};
constexpr mode without_probe = {"without --probe", [](const command& c) { return c.hosts.probe.empty(); }};
constexpr mode not_metered = {"without --pid", [](const command& c) { return c.pid == 0; }};
constexpr mode nothing_slow = {"without --slow-senders, --slow-readers or --garbage", [](const command& c) {
                                 const auto& crowd = c.plan.crowd;
                                 return crowd.slow_senders + crowd.slow_readers + crowd.garbage == 0;
                               }};

struct row {
  const char* option;
  std::vector<mode> without_effect;
};

const std::vector<row>& table() {
  static const std::vector<row> rows = {
      {"--connections", {with_find_connections}},
      {"--requests-per-connection", {in_room}},
      {"--requests", {open_loop}},
      {"--ramp", {in_room}},
      {"--rate", {with_find_rate}},
      {"--arrivals", {closed_loop}},
      {"--think", {open_loop}},
      {"--steps", {with_find, in_room, closed_loop}},
      {"--storm", {with_find, in_room}},
      {"--late", {with_find, in_room}},
      {"--seed", {nothing_drawn}},
      {"--mix", {in_room, websocket}},
      {"--method", {in_room, websocket}},
      {"--body", {in_room}},
      {"--expect-status", {in_room, websocket}},
      {"--expect-body", {in_room}},
      {"--idle", {in_room}},
      {"--idle-websockets", {in_room}},
      {"--greedy", {in_room}},
      {"--slow-senders", {in_room}},
      {"--slow-readers", {in_room}},
      {"--garbage", {in_room}},
      {"--drip", {nothing_slow}},
      {"--threads", {in_room}},
      {"--processes", {in_room, with_hosts}},
      {"--hosts", {in_room}},
      {"--network", {without_hosts}},
      {"--launcher", {without_hosts}},
      {"--allow-root", {without_hosts}},
      {"--probe", {without_hosts, with_find}},
      {"--probe-rate", {without_probe}},
      {"--server-cores", {not_metered}},
      {"--trace", {with_find, in_room, with_hosts}},
      {"--hgrm", {with_find, in_room}},
      {"--strict", {with_find, in_room}},
      {"--find", {in_room}},
      {"--slo", {without_find}},
      {"--lowest", {without_find}},
      {"--highest", {without_find}},
  };
  return rows;
}

}  // namespace

void refuse_without_effect(const command& c, const std::function<bool(const std::string&)>& given) {
  for (const auto& [option, modes] : table()) {
    if (!given(option)) continue;
    for (const auto& m : modes)
      if (m.holds(c)) throw bad_plan(std::string(option) + " has no effect " + m.words);
  }
}

}  // namespace tvl::load
