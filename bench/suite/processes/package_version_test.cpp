// Versions of programs, as the distribution's packages have them.

#include "bench/suite/processes/package_version.hpp"

#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/program_output.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(package_version, of_an_installed_program_is_that_of_its_package) {
  if (find_program("dpkg-query").empty()) GTEST_SKIP() << "no dpkg here";
  const auto shell = std::filesystem::canonical("/bin/bash");
  const auto found = package_versions({shell, "/usr/bin/no-such-program"});
  ASSERT_EQ(found.size(), 1U);
  const auto version = output_of("dpkg-query", {"-W", "-f=${Version}", "bash"});
  EXPECT_EQ(found.at(shell), "bash " + version.text);
}

TEST(package_version, of_a_program_of_no_package_is_absent) {
  const temporary_folder folder;
  EXPECT_TRUE(package_versions({folder.write("server", "#!/bin/sh\n")}).empty());
  EXPECT_TRUE(package_versions({}).empty());
}

TEST(program_output, has_the_exit_code_and_what_was_printed) {
  const auto done = output_of("sh", {"-c", "echo one; echo two >&2; exit 3"});
  EXPECT_EQ(done.code, 3);
  EXPECT_EQ(done.text, "one\n");
  EXPECT_EQ(output_of("no-such-program", {}).code, -1);
}

}  // namespace
}  // namespace tvl::suite
