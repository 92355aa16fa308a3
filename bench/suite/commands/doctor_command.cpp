#include "bench/suite/commands/doctor_command.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/machine/kernel_settings.hpp"
#include "bench/suite/output/environment.hpp"
#include "bench/support/build_facts.hpp"
#include "bench/support/format.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/json_text.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>
#include <thread>

namespace tvl::suite {
namespace {

using nlohmann::json;

constexpr std::uint64_t most_asked = 10'000'000;
constexpr std::chrono::milliseconds sample{500};  // of the load by other processes: 50 ticks per core

// Text in colour on a terminal.
class painter {
 public:
  explicit painter(bool colours) : colours_(colours) {}
  std::string good(const std::string& text) const { return paint("32", text); }
  std::string bad(const std::string& text) const { return paint("31", text); }
  std::string warning(const std::string& text) const { return paint("33", text); }

 private:
  std::string paint(const std::string& code, const std::string& text) const {
    return colours_ ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
  bool colours_;
};

std::string value_text(const std::optional<std::uint64_t>& value) {
  if (!value) return "n/a";
  return *value == unlimited ? "unlimited" : std::to_string(*value);
}

std::string room_text(const std::optional<std::uint64_t>& room) { return room ? grouped(*room) : "-"; }

std::string reason(const limit& l) { return l.what + (l.arithmetic.empty() ? "" : ": " + l.arithmetic); }

need need_of(std::uint64_t connections) { return {connections, connections}; }

std::vector<std::string> warnings_of(const diagnosis& d) {
  std::vector<std::string> warnings;
  for (const auto& fact : d.facts)
    if (!fact.warning.empty()) warnings.push_back(fact.name + ": " + fact.warning);
  return warnings;
}

host_fact suite_build() {
  host_fact fact{"this program", std::string(build::build_type)};
  if (*fact.value != "Release") fact.warning = "not a Release build: the generator costs more than it should";
  return fact;
}

host_fact benchmark_build() {
  host_fact fact{"libbenchmark", benchmark_build_type()};
  if (fact.value == "debug") fact.warning = "a debug build; it times nothing here, so no figure changes";
  return fact;
}

// On the cores that a run takes without --server-cpus and --generator-cpus.
host_fact load_now(const machine_files& files) {
  const auto cores = measured_cpus(split_cpus({}, {}, allowed_cpus(), true), {});
  const auto read = [&] { return parse_cpu_ticks(files.text("/proc/stat").value_or(""), cores); };
  const auto begin = read();
  std::this_thread::sleep_for(sample);
  return load_fact(load_between(begin, read(), cores.size()), files.line("/proc/loadavg"));
}

void print_limits(const diagnosis& d, std::ostream& out) {
  text_table table({"limit", "value", "connections", "threads", "of what"});
  for (const auto& l : d.limits)
    table.add({l.name, value_text(l.value), room_text(l.connections), room_text(l.threads), reason(l)});
  table.print(out);
}

void print_raises(const std::vector<limit>& limits, const std::string& title, std::ostream& out) {
  text_table table({title, ""});
  bool any = false;
  for (const auto& l : limits) {
    if (l.raise.empty()) continue;
    table.add({"  " + l.name, l.raise});
    any = true;
  }
  if (!any) return;
  out << "\n";
  table.print(out);
}

void print_facts(const diagnosis& d, const painter& paint, std::ostream& out) {
  out << "\n";
  text_table table({"machine", ""});
  for (const auto& fact : d.facts) table.add({"  " + fact.name, fact.value.value_or("n/a")});
  table.print(out);
  for (const auto& text : warnings_of(d)) out << paint.warning("warning: ") << text << "\n";
}

std::string most_text(const limit* l, std::optional<std::uint64_t> limit::*room) {
  if (l == nullptr) return "n/a (no limit can be read)";
  return "up to " + grouped(*(l->*room)) + " (limit: " + l->name + ", " + l->what + ")";
}

void print_verdict(const diagnosis& d, const painter& paint, std::ostream& out) {
  const auto asked = grouped(*d.asked) + " connections";
  if (d.fits()) {
    out << paint.good(asked + " fit, with a thread for each too") << "\n";
    return;
  }
  out << paint.bad(asked + " do not fit") << "\n";
  for (const auto& l : d.too_low) {
    const bool of_connections = l.connections && *l.connections < *d.asked;
    out << "  " << l.name << " allows " << grouped(of_connections ? *l.connections : *l.threads)
        << (of_connections ? " connections" : " threads, which binds models with one for each connection")
        << (l.sure ? "" : " (estimate)") << "\n";
  }
}

json amount_json(const std::optional<std::uint64_t>& value) {
  if (!value) return nullptr;
  return *value == unlimited ? json("unlimited") : json(*value);
}

json limit_json(const limit& l) {
  return {{"name", l.name},
          {"value", amount_json(l.value)},
          {"what", l.what},
          {"arithmetic", l.arithmetic},
          {"connections", amount_json(l.connections)},
          {"threads", amount_json(l.threads)},
          {"raise", l.raise.empty() ? json() : json(l.raise)},
          {"sure", l.sure},
          {"per_source", l.per_source}};
}

json most_json(const limit* l, std::optional<std::uint64_t> limit::*room) {
  return l == nullptr ? json() : json{{"most", *(l->*room)}, {"limit", l->name}};
}

}  // namespace

diagnosis diagnose(const machine_files& files, std::optional<std::uint64_t> asked) {
  diagnosis d;
  d.asked = asked;
  d.limits = asked ? read_limits(files, *asked) : read_limits(files);
  if (asked) d.too_low = too_low_for(d.limits, need_of(*asked));
  d.facts = read_host_facts(files);
  std::ranges::move(read_kernel_settings(files), std::back_inserter(d.facts));
  d.facts.push_back(load_now(files));
  d.facts.push_back(suite_build());
  d.facts.push_back(benchmark_build());
  return d;
}

void print(const diagnosis& d, std::ostream& out, bool colours) {
  const painter paint(colours);
  print_limits(d, out);
  if (!d.asked) print_raises(d.limits, "to raise a limit for a million connections", out);
  print_facts(d, paint, out);
  out << "\nconnections: " << most_text(tightest_for_connections(d.limits), &limit::connections)
      << "\nthreads: " << most_text(tightest_for_threads(d.limits), &limit::threads) << "\n";
  if (!d.asked) return;
  print_verdict(d, paint, out);
  print_raises(d.too_low, "to raise them", out);
}

json to_json(const diagnosis& d) {
  json result = {{"schema", 1},
                 {"connections", most_json(tightest_for_connections(d.limits), &limit::connections)},
                 {"threads", most_json(tightest_for_threads(d.limits), &limit::threads)},
                 {"limits", json::array()},
                 {"facts", json::array()},
                 {"warnings", warnings_of(d)},
                 {"asked", nullptr}};
  for (const auto& l : d.limits) result["limits"].push_back(limit_json(l));
  for (const auto& fact : d.facts)
    result["facts"].push_back({{"name", fact.name},
                               {"value", fact.value ? json(*fact.value) : json()},
                               {"warning", fact.warning.empty() ? json() : json(fact.warning)}});
  if (d.asked) {
    result["asked"] = {{"connections", *d.asked}, {"fits", d.fits()}, {"too_low", json::array()}};
    for (const auto& l : d.too_low) result["asked"]["too_low"].push_back(l.name);
  }
  return result;
}

int run_doctor(int argc, char** argv) {
  bool as_json = false;
  std::string connections;
  CLI::App app("Lists the limits of this machine, which one binds first, and how to raise it. Changes nothing.",
               "tvl-suite doctor");
  app.add_flag("--json", as_json, "print JSON");
  app.add_option("--connections", connections, "check whether so many fit, with one thread each; exit code 1 if not");
  if (!parse_arguments(app, argc, argv)) return 0;
  std::optional<std::uint64_t> asked;
  if (app.count("--connections") > 0) {
    asked = parse_amount(connections);
    if (!asked || *asked == 0 || *asked > most_asked)
      throw bad_input("--connections is a whole number from 1 to " + std::to_string(most_asked) + ", not '" +
                      connections + "'");
  }
  const auto d = diagnose(machine_files(), asked);
  if (as_json)
    std::cout << load::to_json_text(to_json(d), 2) << "\n";
  else
    print(d, std::cout, isatty(STDOUT_FILENO) != 0);
  return asked && !d.fits() ? 1 : 0;
}

}  // namespace tvl::suite
