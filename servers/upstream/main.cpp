// tvl-upstream: stand-in for the services that an application server calls. For its endpoints see service.hpp.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/standard_descriptors.hpp"
#include "servers/upstream/certificates.hpp"
#include "servers/upstream/loop.hpp"
#include "servers/upstream/options.hpp"
#include "servers/upstream/service.hpp"

#include <nlohmann/json.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace tvl;

nlohmann::ordered_json to_json(const upstream::counters& c) {
  return {{"accepted", c.accepted},
          {"tls_failed", c.tls_failed},
          {"requests", c.requests},
          {"api", c.api},
          {"introspections", c.introspections},
          {"objects", c.objects},
          {"hostile", c.hostile},
          {"refused", c.refused},
          {"bytes_in", c.bytes_in},
          {"bytes_out", c.bytes_out}};
}

void run(const upstream::options& o) {
  runtime::raise_descriptor_limit();
  const int plain = runtime::listen_on(o.address, o.port);
  const int tls = runtime::listen_on(o.address, o.tls_port);
  const auto port = runtime::port_of(plain);
  const auto tls_port = runtime::port_of(tls);

  const upstream::certificate_folder folder(o.tls_dir);
  const auto files = folder.files(o.address, o.flaw);
  const auto context = upstream::make_tls_context(files);
  const nlohmann::ordered_json info{{"tls_port", tls_port}, {"ca", files.ca.string()}};
  upstream::service service(upstream::latency(o.latency, o.seed),
                            info.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));

  std::cout << "listening on " << o.address << ':' << port << '\n'
            << "tls on " << o.address << ':' << tls_port << " ca " << files.ca.string() << std::endl;
  upstream::serve_until_stopped(plain, tls, context.get(), service);
  std::cout << to_json(service.counters).dump() << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
  runtime::open_standard_descriptors();
  run(upstream::parse_options(argc, argv));
  return 0;
} catch (const std::exception& error) {
  std::cerr << "tvl-upstream: " << error.what() << '\n';
  return 2;
}
