#include "servers/runtime/server.hpp"

#include "servers/runtime/listener.hpp"

#include <nlohmann/json.hpp>

#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <system_error>

namespace tvl::runtime {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

int cores_allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

// Returns the port they all listen on.
unsigned short listen_all(server& s, const model_flags& flags) {
  const bool several = flags.listeners;
  // A shared port could be another server's of ours, which would get half of the connections: ask without sharing
  // first.
  if (several && s.options.port != 0) ::close(listen_on(s.options.address, s.options.port));
  s.listeners.push_back(listen_on(s.options.address, s.options.port, several));
  const auto port = port_of(s.listeners.front());
  const int count = !several ? 1 : s.options.threads > 0 ? s.options.threads : cores_allowed();
  while (static_cast<int>(s.listeners.size()) < count) s.listeners.push_back(listen_on(s.options.address, port, true));
  return port;
}

}  // namespace

void server::print_counters() const {
  const totals sum = connections.sum();
  const nlohmann::ordered_json line{{"accepted", sum.accepted},         {"timed_out", sum.timed_out},
                                    {"requests", sum.work.requests},    {"replies", sum.work.replies},
                                    {"error_replies", sum.work.errors}, {"bytes_in", sum.work.bytes_in},
                                    {"bytes_out", sum.work.bytes_out}};
  std::cout << line.dump() << std::endl;
}

bool server::tick() {
  const auto now = std::chrono::steady_clock::now();
  if (give_up_ == decltype(give_up_){}) {
    const sigset_t signals = stop_signals();
    const timespec at_once{};
    if (::sigtimedwait(&signals, nullptr, &at_once) > 0) {
      give_up_ = now + drain_limit;
      for (const int listener : listeners) ::shutdown(listener, SHUT_RDWR);
      connections.drain();
    } else if (options.timeout_s > 0) {
      connections.sweep(std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000)));
    }
    return true;
  }
  if (connections.none()) return false;
  if (now > give_up_) {
    print_counters();
    std::_Exit(0);  // threads and coroutines still hold the rest of the program
  }
  return true;
}

int serve(int argc, char** argv, const std::string& about, const model_flags& flags, void (*model)(server&)) try {
  server s;
  s.options = parse_options(argc, argv, about, flags);
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals,
                    nullptr);  // before any thread starts: all inherit it, tick() asks

  const auto port = listen_all(s, flags);
  std::cout << "listening on " << s.options.address << ':' << port << std::endl;
  model(s);
  s.print_counters();
  return 0;
} catch (const std::system_error& error) {
  std::cerr << argv[0] << ": " << error.what() << '\n';
  return 2;
}

}  // namespace tvl::runtime
