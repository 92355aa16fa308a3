#include "clients/load/rank/host.hpp"

#include "clients/load/cluster/throttling.hpp"
#include "clients/load/rank/exchange.hpp"
#include "clients/load/run/generator_process.hpp"

#include <poll.h>
#include <signal.h>

#include <stdexcept>
#include <string>

namespace tvl::load::rank {
namespace {

volatile sig_atomic_t generator_pid = 0;

void pass_on(int) {
  if (generator_pid > 0) ::kill(static_cast<pid_t>(generator_pid), SIGTERM);
}

// The next line of the process. Asleep meanwhile. Throws when it ends before: main() then ends all ranks, at once also
// inside the window, in which rank 0 does not listen.
std::string line_of(generator_process& process) {
  for (;;) {
    process.receive();
    if (auto line = process.next_line()) return *line;
    if (process.is_closed()) throw std::runtime_error(process.how_it_ended("its generator process"));
    pollfd readable{process.socket(), POLLIN, 0};
    ::poll(&readable, 1, -1);
  }
}

}  // namespace

void serve_host(const std::filesystem::path& tvl_load) {
  const std::string plan = receive_text(0, a_plan);
  generator_process process(tvl_load);
  generator_pid = process.pid();
  ::signal(SIGUSR1, pass_on);
  process.send(std::to_string(plan.size()) + "\n" + plan);
  send(0, a_line, line_of(process));

  answer_clock();
  const std::int64_t start = receive_number(0, a_start);
  const auto before = throttled_periods();
  process.send(std::to_string(start) + "\n");
  std::string over = line_of(process);
  const auto after = throttled_periods();
  send(0, a_line, over + (before && after ? " " + std::to_string(*after - *before) : " -1"));

  answer_clock();
  receive_number(0, a_leave);
  process.send("leave\n");
  send(0, a_line, line_of(process));
}

}  // namespace tvl::load::rank
