// A contestant and its counterpart under the same script:
//
//   tvl_symmetry_tests build/bin servers/asio_threads.toml servers/asio_loop.toml

#include "servers/conformance/symmetry.hpp"

#include "servers/conformance/suites.hpp"

#include <iostream>

namespace tvl::conformance {
namespace {

const auto none = nlohmann::json::object();
using lines = std::vector<std::string>;

TEST(differences, are_empty_for_equal_observations) {
  const observation one{{"a", "b"}, {{"accepted", 2}, {"requests", 3}}};
  EXPECT_EQ(differences(one, one), lines());
}

TEST(differences, name_each_counter) {
  const observation one{{}, {{"accepted", 2}, {"requests", 3}, {"replies", 5}}};
  const observation other{{}, {{"accepted", 2}, {"requests", 4}, {"bytes_in", 6}}};
  EXPECT_EQ(differences(one, other), (lines{"bytes_in: null and 6", "replies: 5 and null", "requests: 3 and 4"}));
}

TEST(differences, name_the_byte) {
  EXPECT_EQ(differences({{"same", "hello"}, none}, {{"same", "help"}, none}),
            (lines{R"(connection 1 from byte 3: "lo" and "p")"}));
  EXPECT_EQ(differences({{"a", "b"}, none}, {{"a"}, none}), (lines{"connections: 2 and 1"}));
}

void play(const launch& one, const launch& other) {
  const script_parts both{one.websockets && other.websockets, one.rooms && other.rooms};
  const auto first = play_script(one, both), second = play_script(other, both);
  for (const auto& line : differences(first, second)) ADD_FAILURE() << line;
}

}  // namespace
}  // namespace tvl::conformance

int main(int argc, char** argv) try {
  using namespace tvl::conformance;
  testing::InitGoogleTest(&argc, argv);
  if (argc != 4) throw std::runtime_error("name the programs' folder and two manifests");
  const auto one = read_launch(argv[2], argv[1]), other = read_launch(argv[3], argv[1]);
  register_body("symmetry", one.name + "_and_" + other.name, [=] { play(one, other); });
  return RUN_ALL_TESTS();
} catch (const std::runtime_error& error) {
  std::cerr << argv[0] << ": " << error.what() << '\n';
  return 2;
}
