#include "bench/suite/planning/load_plan.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "clients/load/protocol/url.hpp"

#include <algorithm>
#include <utility>

namespace tvl::suite {
namespace {

// More than the socket buffers of both ends hold, or the server would be done with a slow reader at once.
constexpr char slow_reader_bytes[] = "16777216";

std::string path_of(const manifest& m, const std::string& endpoint, const scheduled& s) {
  return request_path(m.endpoints.at(endpoint), s.settings);
}

load::target target_of(const manifest& m, const std::string& endpoint, const scheduled& s, double weight) {
  auto t = request_for(m, endpoint);
  t.path = path_of(m, endpoint, s);
  t.weight = weight;
  return t;
}

// The first is the one that the workload is about.
std::vector<load::target> targets_of(const workload& w, const manifest& m, const scheduled& s) {
  const auto* percent = find(s.settings, percent_variable);
  if (percent == nullptr || percent->number == 0) {
    auto only = target_of(m, w.endpoint, s, 1);
    only.path.clear();  // the URL's own
    return {std::move(only)};
  }
  std::vector<load::target> targets = {target_of(m, w.endpoint, s, 100 - *percent->number)};
  auto beside = endpoints_at_once(find(s.settings, beside_variable)->text);
  std::erase_if(beside, [&](const std::string& name) { return !m.endpoints.contains(name); });
  for (const auto& name : beside) targets.push_back(target_of(m, name, s, *percent->number / std::ssize(beside)));
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
  p.warmup_s = std::max(p.warmup_s, m.warmup_s.value_or(0));
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
