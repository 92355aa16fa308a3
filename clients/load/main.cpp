// tvl-load: offers load to one HTTP or WebSocket server and prints the results.
//
//   tvl-load http://127.0.0.1:8080/plaintext --connections 64 --seconds 5 --pid $(pidof asio_loop)

#include "clients/load/program.hpp"

#include <iostream>
#include <stdexcept>

int main(int argc, char** argv) try {
  using namespace tvl::load;
  const command c = parse_command_line(argc, argv);
  switch (c.what) {
    case command::action::run:
      return offer_load(c);
    case command::action::find_rate:
    case command::action::find_connections:
      return find_knee(c);
    case command::action::room:
      return broadcast(c);
    case command::action::partition:
      return measure_partition(c);
    case command::action::merge:
      return merge_points(c);
    case command::action::selftest:
      return run_selftest(c);
  }
} catch (const std::exception& error) {
  std::cerr << "tvl-load: " << error.what() << '\n';
  return 2;
}
