// Runs what every server must do against the server programs named on the command line, with flags where these make
// another model of one:
//
//   tvl_conformance_tests build/bin/asio_threads "build/bin/asio_pool --per-request"

#include "servers/conformance/suites.hpp"

#include <filesystem>
#include <iostream>
#include <iterator>
#include <sstream>

namespace {

tvl::conformance::contestant read(const std::string& command) {
  tvl::conformance::contestant c;
  std::istringstream words(command);
  words >> c.path;
  c.flags.assign(std::istream_iterator<std::string>(words), {});
  c.name = std::filesystem::path(c.path).stem();
  for (const auto& flag : c.flags) c.name += flag;
  return c;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) {
    std::cerr << argv[0] << ": name the server programs to test\n";
    return 2;
  }
  for (int i = 1; i < argc; ++i) {
    const auto c = read(argv[i]);
    tvl::conformance::register_transcripts(c);
    tvl::conformance::register_lives(c);
  }
  return RUN_ALL_TESTS();
}
