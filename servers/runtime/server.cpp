#include "servers/runtime/server.hpp"

#include "servers/handler/injected_work.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/standard_descriptors.hpp"

#include <nlohmann/json.hpp>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace tvl::runtime {
namespace {

// Returns the common port of all listeners.
unsigned short listen_all(server& s, const model_flags& flags) {
  const bool several = flags.listeners;
  const auto listen = [&](unsigned short port, bool shared) {
    return listen_on(s.options.address, port, shared, s.options.congestion_control);
  };
  // A shared port may already belong to another of our servers, which would get half of the connections: try without
  // sharing first.
  if (several && s.options.port != 0) ::close(listen(s.options.port, false));
  s.listeners.push_back(listen(s.options.port, several));
  const auto port = port_of(s.listeners.front());
  const int count = several ? s.options.threads * std::max(1, s.options.processes) : 1;
  while (static_cast<int>(s.listeners.size()) < count) s.listeners.push_back(listen(port, true));
  return port;
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

}  // namespace

bool server::full() const {
  return options.max_connections > 0 && connections.count() >= static_cast<std::size_t>(options.max_connections);
}

bool refused(server& s, int socket) {
  if (!s.full()) return false;
  s.refusals.add(socket);
  return true;
}

void server::report() const {
  totals sum = connections.sum();
  sum.refused = refusals.count();
  sum += children;
  if (parent >= 0) {
    if (::write(parent, &sum, sizeof sum) < 0) std::perror("counters are lost");
    return;
  }
  const auto known = [&](std::uint64_t n) {
    return library_http ? nlohmann::ordered_json() : nlohmann::ordered_json(n);
  };
  const nlohmann::ordered_json line{{"accepted", sum.accepted},
                                    {"refused", sum.refused},
                                    {"timed_out", known(sum.timed_out)},
                                    {"ended_idle", known(sum.ended_idle)},
                                    {"requests", sum.work.requests},
                                    {"replies", sum.work.replies},
                                    {"error_replies", sum.work.errors},
                                    {"bytes_in", known(sum.work.bytes_in)},
                                    {"bytes_out", known(sum.work.bytes_out)},
                                    {"upgrades", sum.websockets.upgrades},
                                    {"messages_in", sum.websockets.messages_in},
                                    {"messages_out", sum.websockets.messages_out},
                                    {"messages_dropped", sum.websockets.messages_dropped},
                                    {"protocol_failures", sum.websockets.protocol_failures}};
  std::cout << line.dump() << std::endl;
}

bool server::tick() {
  const auto now = std::chrono::steady_clock::now();
  refusals.sweep();
  if (!draining()) {
    const timespec at_once{};
    if (::sigtimedwait(&stop_signals, nullptr, &at_once) > 0) {
      give_up_ = now + drain_limit;
      for (const int listener : listeners) ::shutdown(listener, SHUT_RDWR);
      connections.drain();
    } else {
      if (options.timeout_s > 0) connections.sweep(milliseconds(options.timeout_s));
      if (options.idle_timeout_s > 0) connections.end_idle(milliseconds(options.idle_timeout_s));
    }
    return true;
  }
  if (connections.none()) return false;
  if (now > give_up_) {
    report();
    std::_Exit(0);  // threads and coroutines still use the rest
  }
  return true;
}

int serve(int argc, char** argv, const std::string& about, const model_flags& flags, void (*model)(server&)) try {
  open_standard_descriptors();
  server s;
  s.options = parse_options(argc, argv, about, flags);
  handler::injected_rounds = s.options.injected_rounds;
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  for (const int signal : {SIGTERM, SIGINT}) ::sigaddset(&s.stop_signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &s.stop_signals, nullptr);  // before any thread starts, since threads inherit it

  const auto port = listen_all(s, flags);
  std::cout << "listening on " << s.options.address << ':' << port << std::endl;
  model(s);
  s.report();
  return 0;
} catch (const std::runtime_error& error) {
  std::cerr << argv[0] << ": " << error.what() << '\n';
  return 2;
}

}  // namespace tvl::runtime
