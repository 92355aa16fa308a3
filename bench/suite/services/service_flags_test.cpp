#include "bench/suite/services/service_flags.hpp"

#include "bench/suite/commands/run_flags.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::suite {
namespace {

std::string flag_problem(const std::string& flag, const std::string& value) {
  std::string words[] = {"tvl-suite", flag, value};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  try {
    return read_command_line(3, argv) ? "accepted" : "help";
  } catch (const bad_input& error) {
    return error.what();
  }
}

TEST(service_flags, are_checked) {
  EXPECT_EQ(flag_problem("--redis", "127.0.0.1:6379"), "accepted");
  EXPECT_NE(flag_problem("--redis", "127.0.0.1").find("'127.0.0.1' is not HOST:PORT"), std::string::npos);
  EXPECT_EQ(flag_problem("--upstream", "http://127.0.0.1:80"), "accepted");
  EXPECT_NE(flag_problem("--upstream", "http://x/y").find("is not http://HOST:PORT"), std::string::npos);
  EXPECT_EQ(flag_problem("--postgres", "host=127.0.0.1 dbname=x"), "accepted");
  EXPECT_NE(flag_problem("--postgres", "hst=1").find("invalid connection option \"hst\""), std::string::npos);
  for (const auto* told : {"host=x password=secret", "postgresql://me:secret@x/y"}) {
    const auto problem = flag_problem("--postgres", told);
    EXPECT_NE(problem.find("no place for a password"), std::string::npos) << problem;
    EXPECT_EQ(problem.find("secret"), std::string::npos) << problem;
  }
}

}  // namespace
}  // namespace tvl::suite
