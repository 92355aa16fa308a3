#include "clients/load/command_line.hpp"

#include "bench/version/version.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/congestion_control.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/base/output_file.hpp"
#include "clients/load/base/unit_flags.hpp"
#include "clients/load/cluster/job_hosts.hpp"
#include "clients/load/engine/prepared_target.hpp"
#include "clients/load/option_effects.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/protocol/url.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <utility>

namespace tvl::load {
namespace {

// Flag values that are parsed further before they enter the plan.
struct texts {
  std::string mix, body, sources, find, steps, late, hosts;
  int expect_status = 0;
  std::string expect_body;
};

constexpr double most_at_once = 1e9;    // of what an int counts
constexpr double most_requests = 1e15;  // a double has all whole numbers up to it

CLI::Validator duration_above_zero() { return duration_flag(above_zero, "above 0"); }
CLI::Validator duration_from_zero() { return duration_flag(not_negative, "from 0 on"); }
CLI::Validator count_above_zero(double most = most_at_once) { return count_flag(above_zero, "above 0", most); }
CLI::Validator count_from_zero(double most = most_at_once) { return count_flag(not_negative, "from 0 on", most); }

void add_load(CLI::App& app, plan& p, texts& t) {
  app.add_option(
      "url", p.url,
      "http://[USER:PASSWORD@]HOST[:PORT]/PATH or unix:/SOCKET[:/PATH], or ws:// and ws+unix: for echo round trips");
  app.add_option("-c,--connections", p.connections, "connections held open")->transform(count_above_zero());
  app.add_option("--requests-per-connection", p.requests_per_connection,
                 "requests before a connection is closed and opened again, 0 = keep-alive without end")
      ->transform(count_from_zero(most_requests));
  app.add_option("-n,--requests", p.requests,
                 "end the window early after this many requests (closed loop), 0 = by time")
      ->transform(count_from_zero(most_requests));
  app.add_option("-d,--seconds", p.seconds, "measured window")->transform(duration_above_zero());
  app.add_option("--warmup", p.warmup_s, "load before the window")->transform(duration_from_zero());
  app.add_option("--ramp", p.ramp_s, "time over which the connections are opened, before the warm-up")
      ->transform(duration_from_zero());
  app.add_option("--timeout", p.timeout_s, "time a reply may take")->transform(duration_above_zero());
  app.add_option("--sources", t.sources, "IPv4 source addresses, e.g. 127.0.0.1-127.0.0.40, for more ports");
  app.add_flag("--allow-remote", p.allow_remote, "load a host outside 127.0.0.0/8 and ::1, only your own");
}

void add_pace(CLI::App& app, plan& p, texts& t) {
  static const std::map<std::string, arrivals> kinds{{"poisson", arrivals::poisson}, {"constant", arrivals::constant}};
  static const std::map<std::string, idle_strategy> idles{
      {"auto", idle_strategy::automatic}, {"spin", idle_strategy::spin}, {"sleep", idle_strategy::sleep}};
  auto* group = app.add_option_group("pace");
  group->add_option("-r,--rate", p.rate, "requests a second by a schedule (open loop), 0 = closed loop")
      ->transform(amount_flag(not_negative, "from 0 on"));
  group->add_option("--arrivals", p.arrivals, "open loop: poisson (default) or constant")
      ->transform(CLI::CheckedTransformer(kinds))
      ->option_text("KIND");
  group->add_option("--think", p.think_s, "closed loop: time between a reply and the connection's next request")
      ->transform(duration_from_zero());
  group->add_option("--idle-strategy", p.idle, "spin, sleep, or auto: spin in an open loop on a core of its own")
      ->transform(CLI::CheckedTransformer(idles))
      ->option_text("HOW");
  group->add_option("--steps", t.steps,
                    "open loop: TIME:RATE, changes of the rate inside the window, e.g. 2:8000,4:2000 or 2s:8k,4s:2k");
  group->add_option("--storm", p.storm_s, "close every connection at this time of the window, all reconnect at once")
      ->transform(duration_from_zero());
  group->add_option("--late", t.late,
                    "TIME:CONNECTIONS, further connections opened all at once inside the window, e.g. 2s:4k");
  group->add_option("--seed", p.seed, "of the schedule and of the draws from --mix");
}

void add_requests(CLI::App& app, target& t, texts& as) {
  auto* group = app.add_option_group("requests");
  group->add_option("--mix", as.mix, "several paths by weight, e.g. 99:/plaintext,1:/block/100");
  group->add_option("-X,--method", t.method, "GET, HEAD, POST ...");
  group
      ->add_option("-H,--header", t.headers,
                   "\"Name: value\", repeatable; replaces a generated Host, Content-Length or Authorization; with "
                   "ws:// in the upgrade request")
      ->allow_extra_args(false);
  group->add_option("--body", as.body, "request body, or WebSocket message; @FILE reads it from a file");
  group->add_option("--expect-status", as.expect_status, "the only status that counts as ok (default: any 2xx)")
      ->check(CLI::Range(100, 599));
  group->add_option("--expect-body", as.expect_body, "the only body that counts as ok; @FILE reads it from a file");
}

void add_background(CLI::App& app, background_plan& c) {
  auto* group = app.add_option_group("background connections", "in addition to the active ones, counted separately");
  group->add_option("--idle", c.idle, "open and silent")->transform(count_from_zero());
  group->add_option("--idle-websockets", c.idle_websockets, "upgraded at /ws/echo, then silent")
      ->transform(count_from_zero());
  group->add_option("--greedy", c.greedy, "pipeline 64 requests at a time and never pause")
      ->transform(count_from_zero());
  group->add_option("--slow-senders", c.slow_senders, "send a request byte by byte")->transform(count_from_zero());
  group->add_option("--slow-readers", c.slow_readers, "read a large reply in small pieces")
      ->transform(count_from_zero());
  group->add_option("--garbage", c.garbage, "send requests and frames that are not valid")
      ->transform(count_from_zero());
  group->add_option("--drip", c.drip_s, "time between two bytes, or two pieces")->transform(duration_above_zero());
}

std::string is_congestion_control(const std::string& name) {
  const descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return set_congestion_control(socket.get(), name)
             ? ""
             : "this kernel has no TCP congestion control " + name + " for this user";
}

void add_output(CLI::App& app, command& c) {
  auto* group = app.add_option_group("measuring and output");
  group->add_option("-t,--threads", c.plan.threads, "generator threads")->transform(count_above_zero());
  group
      ->add_option("--processes", c.plan.processes,
                   "generator processes with --threads threads each; 0 (default) = as few as the limit of open files "
                   "allows")
      ->transform(count_from_zero());
  group
      ->add_option("--congestion-control", c.plan.congestion_control,
                   "TCP congestion control of the connections (default: cubic, where the kernel has it)")
      ->check(is_congestion_control);
  group->add_option("--cpus", c.plan.cpus, "pin generator threads to these, e.g. 1,3")->delimiter(',');
  group
      ->add_option("-p,--pid", c.pid,
                   "server to meter: CPU, switches, memory of its process tree, in which a process listens at the URL")
      ->transform(count_above_zero());
  group->add_option("--server-cores", c.plan.server_cores, "cores the server may use, for the verdict")
      ->transform(amount_flag(above_zero, "above 0"));
  group->add_option("--json", c.json, "write the point as JSON to this file, - = stdout instead of the table");
  group
      ->add_option("--trace", c.plan.trace_s, "interval of a trace of the highest response time, in the JSON; 0 = none")
      ->transform(duration_from_zero());
  group->add_option("--hgrm", c.hgrm, "write the response time percentiles in HdrHistogram's format");
  group->add_flag("--strict", c.strict, "exit 3 when the point is not valid");
}

void add_hosts(CLI::App& app, load_hosts& hosts, texts& t) {
  auto* group = app.add_option_group("load from other hosts", "by Open MPI: package openmpi-bin");
  group->add_option("--hosts", t.hosts,
                    "where the load comes from, with a number of processes each, e.g. load1,load2:4; auto: the other "
                    "hosts of this Slurm or PBS job");
  group->add_option("--network", hosts.network,
                    "the only network that the hosts talk to each other on, e.g. 10.77.0.0/24");
  group->add_option("--launcher", hosts.launcher, "called as LAUNCHER HOST COMMAND (default: ssh)");
  group->add_flag("--allow-root", hosts.allow_root, "start processes on the hosts as root");
  group->add_option("--probe", hosts.probe,
                    "a further host that sends a few requests meanwhile, to tell the response time");
  group->add_option("--probe-rate", hosts.probe_rate, "requests a second of the probe (default: 100)")
      ->transform(amount_flag(above_zero, "above 0"));
}

// Flags that select an action other than a single run.
struct other_work {
  bool room = false, partition = false;
};

void add_other_work(CLI::App& app, command& c, texts& t, other_work& other) {
  auto* group = app.add_option_group("other actions");
  group->add_option("--find", t.find, "search the highest load that meets --slo")
      ->check(CLI::IsMember({"rate", "connections"}));
  group->add_option("--slo", c.slo, "e.g. p99=10ms or p50=1ms,p999=50ms");
  group->add_option("--lowest", c.lowest, "load the search begins with")->transform(amount_flag(above_zero, "above 0"));
  group->add_option("--highest", c.highest, "load the search does not exceed")
      ->transform(amount_flag(above_zero, "above 0"));
  group->add_flag("--room", other.room, "ws:// broadcast: messages at --rate, delivery latency and reach");
  app.add_flag("--share", other.partition)->group("");  // internal: one process of a multi-process run
  auto* merge =
      app.add_subcommand("merge", "adds up points of several generator processes: tvl-load merge A.json B.json");
  merge->add_option("files", c.files, "points as --json wrote them")->required();
  auto* selftest = app.add_subcommand("selftest", "checks the generator's results on this machine");
  selftest->add_flag("--quick", c.quick, "40 seconds instead of two minutes");
}

// "2:8000,4s:2k"
std::vector<std::pair<double, double>> parse_moments(const std::string& flag, const std::string& text) {
  std::vector<std::pair<double, double>> all;
  std::istringstream list(text);
  for (std::string each; std::getline(list, each, ',');) {
    const auto colon = std::min(each.find(':'), each.size());
    const auto time = parse_duration(each.substr(0, colon));
    const auto number = colon < each.size() ? parse_amount(each.substr(colon + 1)) : std::nullopt;
    if (!time || !number) throw bad_plan(flag + ": '" + each + "' is not TIME:NUMBER, such as 2s:8k");
    all.emplace_back(time->seconds(), *number);
  }
  return all;
}

late_plan parse_late(const std::string& text) {
  const auto moments = parse_moments("--late", text);
  const double n = moments.front().second;
  if (moments.size() != 1 || !(n >= 1 && n <= 1e9) || n != std::floor(n))
    throw bad_plan("--late: '" + text + "' is not one TIME:CONNECTIONS, such as 2s:4k");
  return {moments.front().first, static_cast<int>(n)};
}

std::string content_of(const std::string& text) {
  if (!text.starts_with('@')) return text;
  std::ifstream file(text.substr(1), std::ios::binary);
  std::ostringstream content;
  if (!(content << file.rdbuf())) throw bad_plan("cannot read " + text.substr(1));
  return content.str();
}

std::string own_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

void apply(const texts& t, const CLI::App& app, command& c) {
  target form = c.plan.targets.front();
  form.body = content_of(t.body);
  if (app.count("--expect-status") > 0) form.expect_status = t.expect_status;
  if (app.count("--expect-body") > 0) form.expect_body = content_of(t.expect_body);
  c.plan.targets = t.mix.empty() ? std::vector<target>{form} : parse_mix(t.mix, form);
  for (const auto& [at_s, rate] : parse_moments("--steps", t.steps)) c.plan.steps.push_back({at_s, rate});
  if (!t.late.empty()) c.plan.late = parse_late(t.late);
  if (!t.sources.empty()) c.plan.sources = parse_sources(t.sources);
  if (app.count("--hosts") > 0)
    c.hosts.names = t.hosts == "auto" ? hosts_of_this_job(own_name(), c.hosts.probe) : parse_hosts(t.hosts);
  if (app.count("--probe") > 0) check_probe(c.hosts);
  if (app.count("--congestion-control") > 0 && is_unix_socket(c.plan.url))
    throw bad_plan("--congestion-control is for TCP, not for a Unix socket");
}

// An output that cannot be written is refused before anything is measured.
void check_outputs(const command& c) {
  for (const auto* file : {&c.json, &c.hgrm}) {
    if (file->empty() || *file == "-") continue;
    if (const auto flaw = flaw_of_output_file(*file); !flaw.empty())
      throw bad_plan("cannot write " + *file + ": " + flaw);
  }
}

void check(const command& c) {
  const bool finds = c.what == command::action::find_rate || c.what == command::action::find_connections;
  if (c.plan.url.empty()) throw bad_plan("no URL given, see --help");
  if (c.plan.threads > c.plan.connections && c.what != command::action::find_connections)
    throw bad_plan("more --threads than --connections");
  if (finds && c.slo.empty()) throw bad_plan("--find needs --slo, e.g. --slo p99=10ms");
  if (c.plan.trace_s > 0 && processes_of(c.plan) > 1)
    throw bad_plan("--trace is for one generator process, not for " + std::to_string(processes_of(c.plan)));
  if (c.plan.trace_s > 0 && c.json.empty()) throw bad_plan("--trace needs --json, which holds it");
  if (c.what == command::action::room && !c.plan.open_loop()) throw bad_plan("--room needs --rate, messages a second");
  check_outputs(c);
}

// The subcommands have options of their own.
void refuse_options_of_a_run(const CLI::App& app, const std::string& subcommand) {
  const auto refuse = [&](const CLI::App& of) {
    for (const auto* option : of.get_options())
      if (option->count() > 0) throw bad_plan(option->get_name() + " has no effect with " + subcommand);
  };
  refuse(app);
  for (const auto* group : app.get_subcommands([](const CLI::App* each) { return each->get_name().empty(); }))
    refuse(*group);
}

void choose_action(const CLI::App& app, const texts& t, const other_work& other, command& c) {
  if (!t.find.empty()) c.what = t.find == "rate" ? command::action::find_rate : command::action::find_connections;
  if (other.room) c.what = command::action::room;
  if (other.partition) c.what = command::action::partition;
  if (app.got_subcommand("merge")) c.what = command::action::merge;
  if (app.got_subcommand("selftest")) c.what = command::action::selftest;
}

}  // namespace

command parse_command_line(int argc, char** argv) {
  command c;
  texts t;
  other_work other;
  c.plan.processes = 0;
  c.progress = ::isatty(STDERR_FILENO) != 0;
  CLI::App app("Offers load to one HTTP or WebSocket server; prints the results and whether they are valid.");
  app.set_version_flag("--version", version_line("tvl-load"));
  add_load(app, c.plan, t);
  add_pace(app, c.plan, t);
  add_requests(app, c.plan.targets.front(), t);
  add_background(app, c.plan.crowd);
  add_hosts(app, c.hosts, t);
  add_output(app, c);
  add_other_work(app, c, t, other);
  app.footer(std::string("Durations: ") + durations_look_like + ". Numbers: " + amounts_look_like +
             ". An option that has no effect in a mode is refused there.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    throw bad_plan(error.what());
  }
  choose_action(app, t, other, c);
  for (const auto* chosen : app.get_subcommands()) refuse_options_of_a_run(app, chosen->get_name());
  if (app.get_subcommands().empty() && !other.partition) {
    apply(t, app, c);
    refuse_without_effect(c, [&](const std::string& option) { return app.count(option) > 0; });
    check(c);
  }
  return c;
}

}  // namespace tvl::load
