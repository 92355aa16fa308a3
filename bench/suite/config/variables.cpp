#include "bench/suite/config/variables.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace tvl::suite {
namespace {

// Parameters come last, in the order of the file.
std::ptrdiff_t place(const std::string& name) {
  const auto& known = load_variables();
  return std::ranges::find(known, name, &load_variable::name) - known.begin();
}

// Of our servers' executor, and of their connections to each service: see servers/runtime/service_options.hpp.
const quantity own_standard = quantity::of(16);

}  // namespace

quantity quantity::of(long number) { return {std::to_string(number), static_cast<double>(number)}; }

nlohmann::json quantity::json() const {
  if (!number) return text;
  if (*number == std::trunc(*number)) return static_cast<std::int64_t>(*number);
  return *number;
}

const std::vector<load_variable>& load_variables() {
  static const std::vector<load_variable> all = {
      {"connections", 1, "", [](load::plan& p, double value) { p.connections = static_cast<int>(value); }},
      {"rate", 1, "saturation", [](load::plan& p, double value) { p.rate = value; }},
      // The plan's rate is in percent then, until plan_for() knows the knee.
      {knee_variable, 1, "", [](load::plan& p, double value) { p.rate = value; }},
      {"idle", 0, "", [](load::plan& p, double value) { p.crowd.idle = static_cast<int>(value); }},
      {"idle_websockets",
       0,
       "",
       [](load::plan& p, double value) { p.crowd.idle_websockets = static_cast<int>(value); },
       {},
       false,
       "ws_echo"},
      {"greedy", 0, "", [](load::plan& p, double value) { p.crowd.greedy = static_cast<int>(value); }},
      {"slow_senders", 0, "", [](load::plan& p, double value) { p.crowd.slow_senders = static_cast<int>(value); }},
      {"slow_readers",
       0,
       "",
       [](load::plan& p, double value) { p.crowd.slow_readers = static_cast<int>(value); },
       {},
       false,
       "bytes"},
      {"garbage", 0, "", [](load::plan& p, double value) { p.crowd.garbage = static_cast<int>(value); }},
      {"threads", 1, one_each, nullptr},
      {"processes", 1, one_each, nullptr},
      {"stack", 0, "", nullptr, {"64KiB", std::nullopt}, true},  // see servers/runtime/options.hpp
      {"offload_threads", 1, "", nullptr, own_standard},
      {"pool", 1, "", nullptr, own_standard},
  };
  return all;
}

bool fills_command(const std::string& variable) {
  const auto& known = load_variables();
  const auto found = std::ranges::find(known, variable, &load_variable::name);
  return found != known.end() && found->offer == nullptr;
}

std::vector<load_variable> command_variables() {
  std::vector<load_variable> those;
  std::ranges::copy_if(load_variables(), std::back_inserter(those),
                       [](const load_variable& v) { return v.offer == nullptr; });
  return those;
}

void put(std::vector<variable>& all, const std::string& name, std::vector<quantity> values) {
  const auto found = std::ranges::find(all, name, &variable::name);
  if (found != all.end()) {
    found->values = std::move(values);
  } else {
    const auto behind = [&](const variable& other) { return place(other.name) > place(name); };
    all.insert(std::ranges::find_if(all, behind), {name, std::move(values)});
  }
}

const quantity* find(const std::vector<setting>& settings, const std::string& variable) {
  const auto found = std::ranges::find(settings, variable, &setting::variable);
  return found == settings.end() ? nullptr : &found->value;
}

}  // namespace tvl::suite
