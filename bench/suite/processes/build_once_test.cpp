#include "bench/suite/processes/build_once.hpp"

#include "bench/suite/processes/errors.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/http_client.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

std::string failure_of(const launch& how) {
  try {
    build_once(how);
  } catch (const server_failed& error) {
    return error.what();
  }
  return "no failure";
}

class build_once_test : public testing::Test {
 protected:
  launch how(const std::string& name, std::vector<std::vector<std::string>> build) const {
    launch l;
    l.name = name;
    l.build = std::move(build);
    l.cwd = folder.path();
    l.logs = folder / "logs";
    l.env = {{"WORD", "a {{word}}"}};
    return l;
  }
  temporary_folder folder;
};

TEST_F(build_once_test, runs_once_in_the_folder_and_environment_of_the_server) {
  const auto l = how("mine", {{"sh", "-c", "echo \"$WORD\" >>built; echo said"}, {"cp", "built", "copied"}});
  build_once(l);
  build_once(l);
  EXPECT_EQ(read_file(folder / "built"), "a {word}\n");
  EXPECT_EQ(read_file(folder / "copied"), "a {word}\n");
  EXPECT_EQ(read_file(folder / "logs/mine.build"), "said\n");
}

TEST_F(build_once_test, a_failure_is_one_line_each_time_and_ends_the_build) {
  const auto l = how("broken", {{"sh", "-c", "echo x >>runs; echo one; echo two >&2; exit 3"}, {"touch", "never"}});
  const std::string said =
      "broken cannot be built: 'sh -c echo x >>runs; echo one; echo two >&2; exit 3': failed with exit code 3: | one | "
      "two";
  EXPECT_EQ(failure_of(l), said);
  EXPECT_EQ(failure_of(l), said);
  EXPECT_EQ(read_file(folder / "runs"), "x\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "never"));
  EXPECT_EQ(failure_of(how("absent", {{"no-such-program"}})),
            "absent cannot be built: 'no-such-program': 'no-such-program' is not on PATH (it printed nothing)");
}

TEST_F(build_once_test, the_log_is_bounded) {
  build_once(how("long", {{"sh", "-c", "yes | head -c 1000000; echo end"}}));
  const auto log = read_file(folder / "logs/long.build");
  EXPECT_EQ(log.size(), 64U << 10);
  EXPECT_TRUE(log.ends_with("y\nend\n"));
}

TEST_F(build_once_test, a_server_gets_its_environment_and_folder) {
  folder.write("fake.py", fake_server);
  manifest m;
  m.name = "mine";
  m.cwd = folder.path();
  m.env = {{"PORT", "{port}"}, {"MODE", "ok"}};
  m.command = {"sh", "-c", "exec " TVL_PYTHON " fake.py . $PORT $MODE"};
  m.start_timeout = std::chrono::seconds(20);
  launch l;
  l.probe = "/plaintext";
  l.logs = folder / "logs";
  fill_launch(l, m, {});
  EXPECT_EQ(l.ready_limit, std::chrono::seconds(20));
  const auto server = start_server(m, l);
  EXPECT_EQ(http_client(std::chrono::seconds(2)).get(server->url("/plaintext")).body, "Hello, World!");
  server->stop();
}

}  // namespace
}  // namespace tvl::suite
