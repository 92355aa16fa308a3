#include "servers/runtime/options.hpp"

#include <CLI/CLI.hpp>

#include <sched.h>

#include <cstdlib>
#include <iostream>

namespace tvl::runtime {
namespace {

int cores_allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void add_count(CLI::App& app, const char* name, int& value, const count_flag& flag) {
  if (!flag.what) return;
  const auto standard = flag.standard > 0 ? std::to_string(flag.standard) : "one per core this process may use";
  app.add_option(name, value, flag.what + (", 0 = " + standard))->check(CLI::Range(0, 100'000));
}

void resolve(int& value, const count_flag& flag) {
  if (value == 0) value = flag.standard > 0 ? flag.standard : cores_allowed();
}

}  // namespace

options parse_options(int argc, char** argv, const std::string& about, const model_flags& has) {
  options result;
  CLI::App app(about + "\nPrints `listening on ADDRESS:PORT` when ready; SIGTERM drains it and prints its counters.");
  app.option_defaults()->always_capture_default();
  app.add_option("--address", result.address, "IPv4 address to listen on")->check(CLI::ValidIPV4);
  app.add_option("--port", result.port, "TCP port, 0 = any free one");
  app.add_option("--timeout", result.timeout_s, "seconds a begun request may take to arrive, 0 = for ever")
      ->check(CLI::Range(0.0, 86400.0));
  add_count(app, "--processes", result.processes, has.processes);
  add_count(app, "--threads", result.threads, has.threads);
  add_count(app, "--queue", result.queue, has.queue);
  if (has.per_request)
    app.add_flag("--per-request", result.per_request,
                 "a connection has a thread for what has arrived, not until it closes");
  if (has.stack)
    app.add_option("--stack", result.stack, "bytes of stack for each connection's thread or fiber, e.g. 65536 or 64KiB")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::size_t{48} << 10, std::size_t{1} << 30));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    std::exit(2);
  }
  resolve(result.processes, has.processes);
  resolve(result.threads, has.threads);
  resolve(result.queue, has.queue);
  return result;
}

}  // namespace tvl::runtime
