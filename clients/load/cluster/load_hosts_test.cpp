#include "clients/load/cluster/load_hosts.hpp"

#include "bench/version/version.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/cluster/network.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

namespace tvl::load {
namespace {

std::string complaint(const std::function<void()>& of) {
  try {
    of();
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "none";
}

std::string refusal(const std::string& hosts) {
  return complaint([&] { parse_hosts(hosts); });
}

TEST(LoadHosts, EachHasAsManyProcessesAsItsNumber) {
  EXPECT_EQ(parse_hosts("load1"), (std::vector<std::string>{"load1"}));
  EXPECT_EQ(parse_hosts("b:2,10.0.0.7,a-1.example"), (std::vector<std::string>{"b", "b", "10.0.0.7", "a-1.example"}));
}

TEST(LoadHosts, OtherTextsAreRefused) {
  EXPECT_EQ(refusal(""), "--hosts: '' is not the name of a host");
  EXPECT_EQ(refusal("a,,b"), "--hosts: '' is not the name of a host");
  EXPECT_EQ(refusal("a;rm"), "--hosts: 'a;rm' is not the name of a host");
  EXPECT_EQ(refusal("-oProxyCommand"), "--hosts: '-oProxyCommand' is not the name of a host");
  EXPECT_EQ(refusal("a\xff"), "--hosts: 'a\\xff' is not the name of a host");
  EXPECT_EQ(refusal("a,b,a"), "--hosts names a twice: use a:2");
  for (const char* number : {"a:", "a:0", "a:-1", "a:1001", "a:2x", "a:99999999999"})
    EXPECT_EQ(refusal(number), "--hosts: '" + std::string(number) + "' is not HOST:PROCESSES with 1 to 1000 processes");
}

TEST(LoadHosts, AnInterfaceHasToBeInTheNetwork) {
  EXPECT_EQ(own_address("127.0.0.0/8"), "127.0.0.1");
  EXPECT_EQ(complaint([] { own_address("203.0.113.0/24"); }),
            "no interface of this host is in the network 203.0.113.0/24");
  for (const char* text : {"", "lo", "127.0.0.0", "127.0.0.0/", "127.0.0.0/33", "127.0.0.0/0", "127.0.0/8", "::1/64"})
    EXPECT_EQ(complaint([text] { own_address(text); }),
              "--network: '" + std::string(text) + "' is not an IPv4 network such as 10.77.0.0/24");
}

// The launcher is a script that does not go anywhere.
class check_hosts_test : public testing::Test {
 protected:
  ~check_hosts_test() override { std::filesystem::remove(launcher_); }
  std::string answering(const std::string& script) {
    std::ofstream(launcher_) << script;
    return complaint([&] {
      check_hosts({.names = {"a", "a"}, .launcher = "sh " + launcher_, .network = "127.0.0.0/8"}, "/bin/rank");
    });
  }

 private:
  const std::string launcher_ = testing::TempDir() + "launcher-" + std::to_string(::getpid());
};

TEST_F(check_hosts_test, TheSameVersionIsRight) {
  EXPECT_EQ(answering("test \"$*\" = 'a /bin/rank --check 127.0.0.0/8' && echo "
                      "'" +
                      version_line("tvl-load-rank") + "'"),
            "none");
}

TEST_F(check_hosts_test, AnotherVersionIsNamed) {
  EXPECT_EQ(answering("echo banner; echo tvl-load-rank 0.0.1"), "load host a has 'tvl-load-rank 0.0.1', this is " +
                                                                    version_line("tvl-load-rank") +
                                                                    ": install the same version there");
}

TEST_F(check_hosts_test, WhatTheLauncherSaysIsTold) {
  EXPECT_TRUE(answering("echo 'Could not resolve hostname a' >&2; exit 255")
                  .ends_with(" cannot start /bin/rank there: 'Could not resolve hostname a'"));
}

}  // namespace
}  // namespace tvl::load
