// WebSocket conformance tests of the programs named on the command line, as in main.cpp. Those after `--rooms` support
// rooms:
//
//   tvl_websocket_tests build/bin/asio_prefork --rooms build/bin/asio_threads "build/bin/asio_pool --per-request"

#include "servers/conformance/suites.hpp"

#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
  using namespace tvl::conformance;
  testing::InitGoogleTest(&argc, argv);
  bool rooms = false, any = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--rooms") {
      rooms = true;
      continue;
    }
    const auto c = read_contestant(argv[i]);
    register_websockets(c);
    if (rooms) register_rooms(c);
    any = true;
  }
  if (!any) {
    std::cerr << argv[0] << ": name the server programs to test\n";
    return 2;
  }
  return RUN_ALL_TESTS();
}
