#include "servers/runtime/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>

namespace tvl::runtime {

options parse_options(int argc, char** argv, const std::string& about, const model_flags& has) {
  options result;
  CLI::App app(about + "\nPrints `listening on ADDRESS:PORT` when ready; SIGTERM drains it and prints its counters.");
  app.option_defaults()->always_capture_default();
  app.add_option("--address", result.address, "IPv4 address to listen on")->check(CLI::ValidIPV4);
  app.add_option("--port", result.port, "TCP port, 0 = any free one");
  app.add_option("--timeout", result.timeout_s, "seconds a begun request may take to arrive, 0 = for ever")
      ->check(CLI::Range(0.0, 86400.0));
  if (has.listeners)
    app.add_option("--threads", result.threads, "loops, 0 = one per core this process may use")
        ->check(CLI::Range(0, 1024));
  if (has.stack)
    app.add_option("--stack", result.stack, "bytes of stack for each connection's thread, e.g. 65536 or 64KiB")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::size_t{16} << 10, std::size_t{1} << 30));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    std::exit(2);
  }
  return result;
}

}  // namespace tvl::runtime
