#include "servers/upstream/options.hpp"

#include "bench/version/version.hpp"
#include "servers/upstream/latency.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>

namespace tvl::upstream {
namespace {

std::string flaw_of_latency(const std::string& text) try {
  latency(text, 0);
  return "";
} catch (const std::invalid_argument& error) {
  return error.what();
}

}  // namespace

options parse_options(int argc, char** argv) {
  static const std::map<std::string, certificate_flaw> flaws{
      {"expired", certificate_flaw::expired}, {"host", certificate_flaw::host}, {"ca", certificate_flaw::ca}};
  options result;
  std::string wrong;
  CLI::App app(
      "Stand-in for the services an app server calls: an API over HTTP, OAuth token introspection over HTTPS, object "
      "storage.\nPrints `listening on ADDRESS:PORT` and `tls on ADDRESS:PORT ca FILE` when ready; SIGTERM ends it and "
      "prints its counters.",
      "tvl-upstream");
  app.set_version_flag("--version", version_line(app.get_name()));
  app.option_defaults()->always_capture_default();
  app.add_option("--address", result.address, "IPv4 address to listen on")->check(CLI::ValidIPV4);
  app.add_option("--port", result.port, "TCP port for HTTP, 0 = any free one");
  app.add_option("--tls-port", result.tls_port, "TCP port for HTTPS, 0 = any free one");
  app.add_option("--tls-dir", result.tls_dir,
                 "folder of ca.pem, server.pem and key.pem: used if there, else made (default: a temporary one)");
  app.add_option("--tls-wrong", wrong, "serve a certificate that is expired, for another host, or of another ca")
      ->check(CLI::IsMember({"expired", "host", "ca"}));
  app.add_option("--latency", result.latency,
                 "of API calls that name none, in ms: fixed:20, uniform:10-30, exponential:20 or lognormal:20,0.5")
      ->check(CLI::Validator(flaw_of_latency, ""));
  app.add_option("--seed", result.seed, "of the latencies");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    std::exit(2);
  }
  if (!wrong.empty()) result.flaw = flaws.at(wrong);
  return result;
}

}  // namespace tvl::upstream
