#include "servers/runtime/options.hpp"

#include "bench/version/version.hpp"

#include <CLI/CLI.hpp>

#include <sched.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string_view>

namespace tvl::runtime {
namespace {

int cores_allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

// "500ms", "10s", "2m", "1h"; a bare number is seconds.
CLI::Validator as_seconds() {
  static const std::map<std::string, double> units{{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
  return CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_SENSITIVE);
}

void add_count(CLI::App& app, const char* name, int& value, const count_flag& flag) {
  if (!flag.what) return;
  const auto standard = flag.standard > 0 ? std::to_string(flag.standard) : "one per core this process may use";
  app.add_option(name, value, flag.what + (", 0 = " + standard))->check(CLI::Range(0, 100'000));
}

void resolve(int& value, const count_flag& flag) {
  if (value == 0) value = flag.standard > 0 ? flag.standard : cores_allowed();
}

bool is_port(std::string_view text) {
  unsigned n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() && n > 0 && n < 65536;
}

// A CLI11 validator: "" or the reason of the error.
std::string check_host_and_port(const std::string& text) {
  if (text.empty()) return "";
  const auto colon = text.rfind(':');
  const bool good = colon != text.npos && colon > 0 && is_port(std::string_view(text).substr(colon + 1)) &&
                    text.find_first_of("/@?# ") == text.npos;
  return good ? "" : "not HOST:PORT: " + text;
}

std::string check_url(const std::string& text) {
  constexpr std::string_view scheme = "http://";
  if (text.empty()) return "";
  if (text.size() > scheme.size() && text.starts_with(scheme) &&
      check_host_and_port(text.substr(scheme.size())).empty())
    return "";
  return "not http://HOST:PORT: " + text;
}

void add_services(CLI::App& app, waits::service_options& s) {
  auto& group = *app.add_option_group(
      "Services", "back ends that requests wait for; requests for one that is not given, or \"\", get a 502");
  group.add_option("--redis", s.redis, "HOST:PORT of Redis, for /cache; its password is in REDISCLI_AUTH")
      ->check(check_host_and_port);
  group.add_option("--postgres", s.postgres,
                   "libpq connection string of PostgreSQL (host=... port=... dbname=...), for /db");
  group.add_option("--upstream", s.upstream, "http://HOST:PORT, for /fetch, /token and /object")->check(check_url);
  group
      .add_option("--ca", s.ca,
                  "file with the CA of the upstream's OAuth endpoint; default: the one that the upstream names")
      ->check(CLI::ExistingFile);
  group.add_option("--offload-threads", s.offload_threads, "executor threads in each process")
      ->check(CLI::Range(1, 10'000));
  group.add_option("--pool", s.pool, "connections to each of Redis and PostgreSQL, per process or loop")
      ->check(CLI::Range(1, 10'000));
  group
      .add_option("--pool-queue", s.queue,
                  "requests that may wait for a connection or the executor, further ones get a 503")
      ->check(CLI::Range(0, 1'000'000));
  group.add_option("--room-queue", s.room_queue, "queued messages of a slow member of a /ws/room")
      ->check(CLI::Range(1, 1'000'000));
  using slow = waits::service_options::slow_member;
  static const std::map<std::string, slow> policies{{"drop", slow::drop}, {"disconnect", slow::disconnect}};
  group
      .add_option("--room-slow", s.room_slow,
                  "when the queue of a member is full: drop the oldest message, or disconnect")
      ->transform(CLI::CheckedTransformer(policies))
      ->default_str("disconnect");
  group.add_option("--wait-timeout", s.timeout_s, "total seconds that a request may wait for services, then 504")
      ->transform(as_seconds())
      ->check(CLI::Range(0.001, 3600.0));
}

}  // namespace

options parse_options(int argc, char** argv, const std::string& about, const model_flags& has) {
  options result;
  CLI::App app(about + "\nPrints `listening on ADDRESS:PORT` when ready; SIGTERM drains it and prints its counters.");
  app.set_version_flag("--version", version_line(argv[0]));
  app.option_defaults()->always_capture_default();
  app.add_option("--address", result.address, "IPv4 address to listen on")->check(CLI::ValidIPV4);
  app.add_option("--port", result.port, "TCP port, 0 = any free one");
  app.add_option("--congestion-control", result.congestion_control,
                 "of TCP, of every connection; without cubic in the kernel, the kernel's own");
  app.add_option("--timeout", result.timeout_s,
                 "seconds a begun request may take to arrive, e.g. 10 or 500ms, 0 = for ever")
      ->transform(as_seconds())
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--idle-timeout", result.idle_timeout_s,
                 "seconds without traffic until a connection is closed, a WebSocket with code 1001; 0 = for ever")
      ->transform(as_seconds())
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--planted", result.injected_rounds,
                 "rounds of arithmetic before every request, 1 to 2 ns each: a slowdown to be detected");
  if (has.max_connections)
    app.add_option("--max-connections", result.max_connections,
                   "open connections of each process, further ones get a 503, 0 = no limit")
        ->check(CLI::Range(0, 10'000'000));
  add_count(app, "--processes", result.processes, has.processes);
  add_count(app, "--threads", result.threads, has.threads);
  add_count(app, "--queue", result.queue, has.queue);
  if (has.per_request)
    app.add_flag("--per-request", result.per_request, "a thread serves a connection per request, not until it closes");
  if (has.stack)
    app.add_option("--stack", result.stack, "bytes of stack for each connection's thread or fiber, e.g. 65536 or 64KiB")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::size_t{48} << 10, std::size_t{1} << 30));
  if (has.services) add_services(app, result.services);
  try {
    app.parse(argc, argv);
    if (has.services) has.services(result.services);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const std::runtime_error& error) {  // also the base of CLI11's own
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    std::exit(2);
  }
  resolve(result.processes, has.processes);
  resolve(result.threads, has.threads);
  resolve(result.queue, has.queue);
  return result;
}

}  // namespace tvl::runtime
