#include "clients/load/command_line.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <iostream>
#include <map>

namespace tvl::load {
namespace {

void add_load(CLI::App& app, plan& p) {
  app.add_option("url", p.url, "http://HOST[:PORT]/PATH")->required();
  app.add_option("-c,--connections", p.connections, "connections held open")->check(CLI::PositiveNumber);
  app.add_option("--requests-per-connection", p.requests_per_connection,
                 "requests before a connection is closed and opened again, 0 = keep-alive without end");
  app.add_option("-n,--requests", p.requests,
                 "end the window early after this many requests (closed loop), 0 = by time");
  app.add_option("--think", p.think_s, "seconds between a reply and the connection's next request (closed loop)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--ramp", p.ramp_s, "seconds over which the connections are opened, before the warm-up")
      ->check(CLI::NonNegativeNumber);
  app.add_option("-d,--seconds", p.seconds, "measured window")->check(CLI::PositiveNumber);
  app.add_option("--warmup", p.warmup_s, "seconds of load before the window")->check(CLI::NonNegativeNumber);
  app.add_option("--timeout", p.timeout_s, "seconds a reply may take")->check(CLI::PositiveNumber);
  app.add_flag("--allow-remote", p.allow_remote, "load a host outside 127.0.0.0/8 (yours, please)");
}

void add_pace(CLI::App& app, plan& p) {
  static const std::map<std::string, arrivals> kinds{{"poisson", arrivals::poisson}, {"constant", arrivals::constant}};
  static const std::map<std::string, idle_strategy> idles{
      {"auto", idle_strategy::automatic}, {"spin", idle_strategy::spin}, {"sleep", idle_strategy::sleep}};
  app.add_option("-r,--rate", p.rate, "requests a second by a schedule (open loop), 0 = closed loop")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--arrivals", p.arrivals, "open loop: poisson (default) or constant")
      ->transform(CLI::CheckedTransformer(kinds))
      ->option_text("KIND");
  app.add_option("--idle-strategy", p.idle, "spin, sleep, or auto: spin in an open loop on a core of its own")
      ->transform(CLI::CheckedTransformer(idles))
      ->option_text("HOW");
  app.add_option("--seed", p.seed, "of the schedule");
}

}  // namespace

command parse_command_line(int argc, char** argv) {
  command c;
  c.progress = ::isatty(STDERR_FILENO) != 0;
  CLI::App app("Offers load to one HTTP server and prints what came back, and whether it can be believed.");
  add_load(app, c.plan);
  add_pace(app, c.plan);
  app.add_option("-t,--threads", c.plan.threads, "generator threads")->check(CLI::PositiveNumber);
  app.add_option("--cpus", c.plan.cpus, "pin generator threads to these, e.g. 1,3")->delimiter(',');
  app.add_option("-p,--pid", c.pid, "server process to meter: CPU, switches, memory of its whole tree")
      ->check(CLI::PositiveNumber);
  app.add_option("--json", c.json, "write the point as JSON to this file, - = stdout instead of the table");
  app.add_flag("--strict", c.strict, "exit 3 when the point is not valid");
  try {
    app.parse(argc, argv);
    if (c.plan.threads > c.plan.connections) throw CLI::ValidationError("--threads", "more threads than connections");
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    std::cerr << "tvl-load: " << error.what() << '\n';
    std::exit(2);
  }
  return c;
}

}  // namespace tvl::load
