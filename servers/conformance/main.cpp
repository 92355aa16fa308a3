// Conformance tests of the server programs named on the command line, with flags that make another model of one:
//
//   tvl_conformance_tests build/bin/asio_threads "build/bin/asio_pool --per-request"

#include "servers/conformance/suites.hpp"

#include <iostream>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) {
    std::cerr << argv[0] << ": name the server programs to test\n";
    return 2;
  }
  for (int i = 1; i < argc; ++i) {
    const auto c = tvl::conformance::read_contestant(argv[i]);
    tvl::conformance::register_transcripts(c);
    tvl::conformance::register_lifecycle(c);
    tvl::conformance::register_misbehaving_clients(c);
  }
  return RUN_ALL_TESTS();
}
