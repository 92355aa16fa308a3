#include "bench/suite/services/upstream.hpp"

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/run_as.hpp"
#include "bench/support/http_client.hpp"
#include "bench/support/usage_error.hpp"

#include <chrono>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// Returns the OAuth server's port and its CA.
const std::string about = "/info";

}  // namespace

service start_upstream(const service_environment& where) {
  const auto program = where.bin / "tvl-upstream";
  if (!std::filesystem::exists(program)) throw not_installed("tvl-upstream is not built here");
  const auto home = where.folder / "upstream";
  make_private_folder(home, std::nullopt);
  launch how;
  how.name = "upstream";
  how.command = {program, "--port", "0", "--tls-port", "0", "--tls-dir", home};
  how.probe = about;
  how.cpus = where.cpus;
  how.logs = where.logs;
  how.stop = where.stop;
  auto process = std::make_unique<launched_server>(std::move(how));
  const auto url = process->url("");
  return {url, std::nullopt, std::move(process)};
}

service given_upstream(const std::string& url) {
  const auto reply = http_client(5s).get(url + about);
  if (!reply.error.empty()) throw bad_input("--upstream " + url + ": " + reply.error);
  if (reply.status != 200) {
    throw bad_input("--upstream " + url + " is no tvl-upstream: " + about + " is answered with status " +
                    std::to_string(reply.status));
  }
  return {url, std::nullopt, nullptr};
}

}  // namespace tvl::suite
