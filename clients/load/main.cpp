// tvl-load: offers load to one HTTP server and prints what came back.
//
//   tvl-load http://127.0.0.1:8080/plaintext --connections 64 --seconds 5 --pid $(pidof asio_loop)

#include "clients/load/command_line.hpp"
#include "clients/load/interrupt.hpp"
#include "clients/load/load.hpp"
#include "clients/load/table.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

int main(int argc, char** argv) try {
  using namespace tvl::load;
  const command c = parse_command_line(argc, argv);
  const interrupt stop_on_signal;
  const meter server(c.pid);
  watcher w;
  w.stop = stop_on_signal.token();
  if (c.pid > 0) w.server = &server;
  if (c.progress) w.each_second = [](const second& row) { print_progress(std::cerr, row); };
  const point result = run(c.plan, w);
  print(c, result);
  if (result.interrupted) return 130;
  return c.strict && !result.verdict.valid ? 3 : 0;
} catch (const std::runtime_error& error) {
  std::cerr << "tvl-load: " << error.what() << '\n';
  return 2;
}
