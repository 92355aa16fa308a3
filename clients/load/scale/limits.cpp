#include "clients/load/scale/limits.hpp"

#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/rank/exchange.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>

namespace tvl::load {
namespace {

constexpr double wanted = 1e6;
constexpr int few = 100, many = 8100;
constexpr double round_trip_us = 100;     // an assumption
constexpr int descriptors_of_a_host = 2;  // of rank 0: to tvl-load and to the host. tvl-load has one

double peak_of(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string key; status >> key;)
    if (double kibibytes = 0; key == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  return 0;
}

// The peak of memory of a generator with so many connections, in bytes. The kernel's ru_maxrss would be that of this
// process where it is more.
double memory_with(int connections, const std::string& url, const std::filesystem::path& tvl_load) {
  const std::string n = std::to_string(connections);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nothing, STDOUT_FILENO);
    ::dup2(nothing, STDERR_FILENO);
    ::execl(tvl_load.c_str(), "tvl-load", url.c_str(), "-c", n.c_str(), "--rate", "1000", "--warmup", "0", "-d", "2",
            nullptr);
    ::_exit(127);
  }
  double peak = 0;
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, WNOHANG) == 0) {
    if (const double now = peak_of(child); now > 0) peak = now;  // of its own, once it has begun to run
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (child < 0 || status != 0)
    throw std::runtime_error("cannot measure " + tvl_load.string() + " with " + n + " connections");
  return peak;
}

}  // namespace

void print_limits(std::ostream& out, const std::filesystem::path& tvl_load) {
  const budget here = claim_budget(1);
  const reference_server server;
  const auto url = server.url("/constant/100");
  const double memory = (memory_with(many, url, tvl_load) - memory_with(few, url, tvl_load)) / (many - few);
  const auto files = static_cast<double>(here.open_files);
  const auto row = [&](const char* limit, const std::string& one, const std::string& all) {
    out << "| " << limit << " | " << one << " | " << all << " |\n";
  };
  const auto whole = [](double x) { return std::to_string(static_cast<std::uint64_t>(std::ceil(x))); };
  out << "| limit | here | a million connections |\n|:--|--:|--:|\n";
  if (here.ports) {
    const auto ports = static_cast<double>(*here.ports);
    row("ports of a source address", whole(ports), whole(wanted / ports) + " addresses");
    row("half of them, from where on connects are slow", whole(ports / 2), whole(wanted / (ports / 2)) + " addresses");
  }
  row("descriptors of a generator process", whole(files),
      whole(wanted / static_cast<double>(here.descriptors)) + " processes");
  row("memory of the generator for a connection, bytes", whole(memory), whole(wanted * memory / 1024 / 1024) + " MiB");
  row("descriptors of rank 0", whole(files), whole(files / descriptors_of_a_host) + " hosts at most");
  row("comparing the clocks, one host after another", whole(rank::clock_exchanges * round_trip_us / 1000) + " ms each",
      whole(1000 * rank::clock_exchanges * round_trip_us / 1e6) + " s with 1000 hosts");
}

}  // namespace tvl::load
