#include "clients/load/rank/coordinator.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/plan/plan_serialization.hpp"
#include "clients/load/rank/exchange.hpp"
#include "clients/load/run/generator_link.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mpi.h>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::load::rank {
namespace {

using namespace std::chrono_literals;

volatile sig_atomic_t stopped = 0;

// To tvl-load.
class parent_link final : public generator_link {
 public:
  explicit parent_link(descriptor socket) : generator_link(std::move(socket)) {}
  void stop() override {}
  std::string how_it_ended(const std::string&) override { return {}; }

  // Waits, asleep. Without tvl-load nobody needs this run: it ends everywhere.
  template <class Take>
  auto await(Take take) {
    for (;;) {
      receive();
      if (auto found = take(*this)) return *std::move(found);
      if (is_closed()) MPI_Abort(MPI_COMM_WORLD, 1);
      pollfd readable{socket(), POLLIN, 0};
      ::poll(&readable, 1, -1);
    }
  }
  std::string line() {
    return await([](parent_link& p) { return p.next_line(); });
  }
  std::string bytes(std::size_t size) {
    return await([size](parent_link& p) { return p.next_bytes(size); });
  }
};

descriptor connect_to(const std::string& file) {
  descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  file.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::system_error(errno, std::system_category(), "cannot connect to " + file);
  return socket;
}

struct host {
  int rank;
  std::unique_ptr<parent_link> parent;
  clock_answer clock = {};
};

std::size_t index_of(const host& h) { return static_cast<std::size_t>(h.rank - 1); }

// Until the window is over, or tvl-load stops it.
void sleep_until_over(const std::vector<host>& hosts, std::int64_t end) {
  while (clock_now() < end && stopped == 0) {
    std::vector<pollfd> parents;
    for (const auto& h : hosts) parents.push_back({h.parent->socket(), POLLRDHUP, 0});
    ::poll(parents.data(), parents.size(),
           static_cast<int>(std::min<std::int64_t>((end - clock_now()) / 1'000'000 + 1, 200)));
    if (std::ranges::any_of(parents, [](const pollfd& p) { return p.revents != 0; })) MPI_Abort(MPI_COMM_WORLD, 1);
  }
}

// A line of every rank, in any order; `tell` for each.
template <class Tell>
void collect_lines(std::vector<host>& hosts, Tell tell) {
  std::vector<bool> told(hosts.size());
  for (std::size_t left = hosts.size(); left > 0; std::this_thread::sleep_for(1ms))
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (told[i] || !has_come(hosts[i].rank, a_line)) continue;
      tell(hosts[i], receive_text(hosts[i].rank, a_line));
      told[i] = true;
      --left;
    }
}

}  // namespace

void coordinate(const std::string& socket, int ranks) {
  ::signal(SIGUSR1, [](int) { stopped = 1; });
  std::vector<host> hosts;
  for (int rank = 1; rank < ranks; ++rank)
    hosts.push_back({.rank = rank, .parent = std::make_unique<parent_link>(connect_to(socket))});

  std::int64_t lasts = 0;
  for (auto& h : hosts) {
    const std::string plan = h.parent->bytes(std::stoul(h.parent->line()));
    const auto asked = unpack(plan);
    lasts = to_ns(asked.warmup_s + asked.seconds);
    send(h.rank, a_plan, plan);
  }
  std::vector<std::string> ready(hosts.size());
  collect_lines(hosts, [&](host& h, std::string line) { ready[index_of(h)] = std::move(line); });
  // Takes a while with many hosts. tvl-load chooses the start as soon as all are ready.
  for (auto& h : hosts) h.clock = ask_clock(h.rank);
  for (auto& h : hosts) h.parent->send(ready[index_of(h)] + "\n");
  std::int64_t start = 0;
  for (auto& h : hosts) {
    start = std::stoll(h.parent->line());
    send(h.rank, a_start, start + h.clock.ahead);
  }
  sleep_until_over(hosts, start + lasts);
  std::vector<std::string> over(hosts.size());
  collect_lines(hosts, [&](host& h, std::string line) { over[index_of(h)] = std::move(line); });
  for (auto& h : hosts) {
    const auto later = ask_clock(h.rank);
    std::string& said = over[index_of(h)];
    said.insert(std::min(said.find(' '), said.size()),
                " " + std::to_string(h.clock.ahead) + " " + std::to_string(later.ahead - h.clock.ahead) + " " +
                    std::to_string(std::max(h.clock.uncertainty, later.uncertainty)));
    h.parent->send(said + "\n");
  }
  for (auto& h : hosts) {
    h.parent->line();  // leave
    send(h.rank, a_leave, 0);
  }
  collect_lines(hosts, [](host& h, const std::string& line) { h.parent->send(line + "\n"); });
}

}  // namespace tvl::load::rank
