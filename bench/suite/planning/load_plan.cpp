#include "bench/suite/planning/load_plan.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "clients/load/protocol/url.hpp"

namespace tvl::suite {
namespace {

// More than the socket buffers of both ends hold, or the server would be done with a slow reader at once.
constexpr char slow_reader_bytes[] = "16777216";

std::string path_of(const manifest& m, const std::string& endpoint, const scheduled& s) {
  return request_path(m.endpoints.at(endpoint), s.settings);
}

// The first is the one that the workload is about.
std::vector<load::target> targets_of(const workload& w, const manifest& m, const scheduled& s) {
  const auto* percent = find(s.settings, percent_variable);
  if (percent == nullptr || percent->number == 0) return {load::target{}};  // the URL's own path
  std::vector<load::target> targets(2);
  targets[0].path = path_for(w, m, s);
  targets[0].weight = 100 - *percent->number;
  targets[1].path = path_of(m, find(s.settings, beside_variable)->text, s);
  targets[1].weight = *percent->number;
  return targets;
}

void address_background(load::background_plan& background, const manifest& m) {
  if (background.idle_websockets > 0) background.websocket_target = m.endpoints.at("ws_echo");
  if (background.slow_readers > 0) {
    background.slow_reader_target =
        fill(m.endpoints.at("bytes"), [](const std::string&) { return std::optional<std::string>(slow_reader_bytes); });
  }
}

}  // namespace

std::string path_for(const workload& w, const manifest& m, const scheduled& s) { return path_of(m, w.endpoint, s); }

load::plan plan_for(const workload& w, const load_settings& settings, const manifest& m, const scheduled& s,
                    const std::string& url, std::optional<double> knee) {
  load::plan p = settings.plan;
  p.url = url + path_for(w, m, s);
  if (is_websocket(w.endpoint)) p.url = load::as_websocket(p.url);
  p.targets = targets_of(w, m, s);
  for (const auto& v : load_variables()) {
    const auto* value = find(s.settings, v.name);
    if (v.offer != nullptr && value != nullptr && value->number) v.offer(p, *value->number);
  }
  address_background(p.crowd, m);
  if (w.is_room) p.processes = 1;  // which has all its members
  // A share of the knee may be beyond it, and background clients may slow foreground clients down: allow overload.
  p.overload = !settings.knee_slo.empty() || p.crowd.slow_senders + p.crowd.slow_readers + p.crowd.greedy > 0;
  if (knee) {
    p.rate *= *knee / 100;
    for (auto& step : p.steps) step.rate *= *knee / 100;
  }
  p.seed = static_cast<std::uint64_t>(s.repetition) + 1;  // the same for all contestants of a round
  return p;
}

}  // namespace tvl::suite
