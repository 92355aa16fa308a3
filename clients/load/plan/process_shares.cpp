#include "clients/load/plan/process_shares.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/protocol/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace tvl::load {
namespace {

// Each group of background connections may be rounded up.
constexpr std::uint64_t rounding = 8;
constexpr std::uint64_t seed_step = 1'000'000'007;  // far from the seeds of threads

int part_of(int whole, int i, int n) {
  const auto from = [&](int process) { return static_cast<int>(static_cast<std::int64_t>(whole) * process / n); };
  return from(i + 1) - from(i);
}

std::uint64_t divided_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

socket_address server_of(const plan& p) {
  url u = parse_url(p.url, p.allow_remote);
  u.choose_address();
  return u.endpoint();
}

// Process i's elements: every n-th, or one if there are fewer than n.
template <class T>
std::vector<T> dealt(const std::vector<T>& all, std::size_t i, std::size_t n) {
  if (all.empty()) return {};
  std::vector<T> mine;
  for (std::size_t at = i; at < std::max(all.size(), n); at += n) mine.push_back(all[at % all.size()]);
  return mine;
}

}  // namespace

std::uint64_t connections_of(const plan& p) {
  return static_cast<std::uint64_t>(p.connections + (p.late ? p.late->connections : 0) + p.crowd.connections());
}

int processes_of(const plan& p) {
  if (p.processes < 0) throw bad_plan("a generator cannot have " + std::to_string(p.processes) + " processes");
  const std::uint64_t each = std::max(claim_budget(1).descriptors, rounding + 1) - rounding;
  const std::uint64_t n = p.processes > 0                        ? static_cast<std::uint64_t>(p.processes)
                          : connections_of(p) <= each + rounding ? 1
                                                                 : divided_up(connections_of(p), each);
  if (n > 1 && static_cast<std::uint64_t>(p.connections) < n)
    throw bad_plan(std::to_string(n) + " generator processes need as many active connections, there are " +
                   std::to_string(p.connections));
  return static_cast<int>(n);
}

plan with_enough_sources(plan p) {
  const auto ports = claim_budget(1).ports;
  const std::uint64_t comfortable = ports ? *ports / 2 : UINT64_MAX;
  if (!p.sources.empty() || connections_of(p) <= comfortable || !server_of(p).is_loopback_ipv4()) return p;
  const auto n = static_cast<std::uint64_t>(processes_of(p));
  const std::uint64_t count = n * divided_up(divided_up(connections_of(p), n), comfortable);
  for (std::uint64_t i = 0; i < count; ++i)
    p.sources.push_back({htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(i))});
  return p;
}

plan share_of(const plan& p, int i, int n) {
  plan mine = p;
  mine.processes = 1;
  mine.connections = part_of(p.connections, i, n);
  if (mine.late) mine.late->connections = part_of(p.late->connections, i, n);
  for (const auto group : background_groups) mine.crowd.*group = part_of(p.crowd.*group, i, n);
  const double part = static_cast<double>(mine.connections) / p.connections;
  mine.rate *= part;
  for (auto& s : mine.steps) s.rate *= part;
  mine.seed = p.seed + seed_step * static_cast<std::uint64_t>(i);
  mine.threads = std::min(p.threads, mine.connections);
  const auto index = static_cast<std::size_t>(i), of = static_cast<std::size_t>(n);
  mine.sources = dealt(p.sources, index, of);
  mine.cpus = dealt(p.cpus, index, of);
  // Two threads that spin on one core slow each other down.
  const bool alone = n == 1 || p.cpus.size() >= of * static_cast<std::size_t>(p.threads);
  if (p.idle == idle_strategy::automatic && !alone) mine.idle = idle_strategy::sleep;
  return mine;
}

void check_sources(const plan& p, const socket_address& server) {
  if (!p.sources.empty() && server.family() != AF_INET)
    throw bad_plan("source addresses (--sources) are IPv4 addresses, the server is at " +
                   (server.is_tcp() ? "" : std::string("the Unix socket ")) + server.text());
}

budget check_limits(const plan& asked) {
  const plan p = with_enough_sources(asked);
  budget b = claim_budget(p.sources.size());
  b.processes = static_cast<std::uint64_t>(processes_of(p));
  if (is_unix_socket(p.url)) b.ports.reset();  // a Unix socket uses none
  b.check(connections_of(p));
  return b;
}

}  // namespace tvl::load
