#include "bench/suite/processes/installed_programs.hpp"

#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tvl::suite {
namespace {

// PATH with a folder put in front, for as long as it lives.
class path_with {
 public:
  explicit path_with(const std::filesystem::path& folder) : before_(std::getenv("PATH")) {
    setenv("PATH", (folder.string() + ":" + before_).c_str(), 1);
  }
  ~path_with() { setenv("PATH", before_.c_str(), 1); }
  path_with(const path_with&) = delete;
  path_with& operator=(const path_with&) = delete;

 private:
  std::string before_;
};

TEST(programs, are_found_on_path) {
  EXPECT_EQ(find_program("sh").filename(), "sh");
  EXPECT_TRUE(find_program("no-such-program").empty());
}

TEST(programs, modules_are_those_of_a_python_that_has_them) {
  EXPECT_FALSE(find_python({"python:json", "python:socket"}).empty());
  EXPECT_TRUE(find_python({"python:json", "python:no_such_module"}).empty());
}

TEST(programs, a_python_first_on_path_that_lacks_the_module_is_passed_over) {
  const temporary_folder folder;
  folder.write("python3", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(folder / "python3", std::filesystem::perms::owner_all);
  const path_with first(folder.path());
  EXPECT_EQ(find_program("python3"), folder / "python3");
  EXPECT_EQ(find_python({"python:this"}), "/usr/bin/python3");
}

TEST(programs, a_command_gets_the_python_that_has_the_modules) {
  manifest m;
  m.command = {"{python}", "-c", "pass"};
  m.needs = {"python:json"};
  launch how;
  fill_launch(how, m, {});
  EXPECT_EQ(how.command, (std::vector<std::string>{find_python(m.needs), "-c", "pass"}));
}

TEST(programs, the_first_need_that_is_not_met_is_named) {
  EXPECT_EQ(unmet_need({}), std::nullopt);
  EXPECT_EQ(unmet_need({"sh", "python:json", "/bin/sh", "/bin/s*"}), std::nullopt);
  EXPECT_EQ(unmet_need({"/no/such-*", "no-such-program"}), "there is no /no/such-*");
  EXPECT_EQ(unmet_need({"sh", "no-such-program", "python:nor_this"}), "'no-such-program' is not on PATH");
  EXPECT_EQ(unmet_need({"python:json", "python:nor_this"}), "no python3 here can import 'nor_this'");
}

}  // namespace
}  // namespace tvl::suite
