#include "bench/suite/catalogue/user_contestants.hpp"

#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace tvl::suite {
namespace {

manifest at(const std::string& url) {
  manifest m;
  m.name = "mine";
  if (!url.empty()) m.url = url;
  return m;
}

std::string error_of(const std::string& url) {
  std::ostringstream warnings;
  try {
    check_host(at(url), false, warnings);
  } catch (const bad_input& error) {
    return error.what();
  }
  return "no error" + warnings.str();
}

TEST(check_host, accepts_loopback) {
  EXPECT_EQ(error_of(""), "no error");
  EXPECT_EQ(error_of("http://127.0.0.1:80"), "no error");
  EXPECT_EQ(error_of("http://127.9.9.9"), "no error");
}

TEST(check_host, refuses_or_warns_of_other_machines) {
  EXPECT_EQ(error_of("http://192.0.2.1:80"),
            "mine is on another machine, 192.0.2.1: --allow-remote-host if you mean it");
  std::ostringstream warnings;
  check_host(at("http://192.0.2.1:80"), true, warnings);
  EXPECT_EQ(warnings.str(), "warning: load for mine goes to another machine, 192.0.2.1\n");
  EXPECT_EQ(error_of("http://127.0.0.1:0"), "mine: '0' is not a port from 1 to 65535 in 'http://127.0.0.1:0'");
}

TEST(user_contestants, are_added_to_named_ones) {
  catalogue known;
  const auto named =
      add_user_contestants(known, {{"asio_loop", "name=mine;command=x"}, "http://127.0.0.1:1/", 0, {}, false});
  EXPECT_EQ(named.known, std::vector<std::string>{"asio_loop"});
  EXPECT_EQ(named.user, (std::vector<std::string>{"mine", "remote"}));
  EXPECT_EQ(known.manifests.at("remote").endpoints, (std::map<std::string, std::string>{{"plaintext", "/"}}));
}

TEST(user_contestants, one_with_a_url_gets_the_pid) {
  catalogue known;
  add_user_contestants(known, {{"name=mine;plaintext=/hello;url=http://127.0.0.1:1"}, "", 7, {}, false});
  EXPECT_EQ(known.manifests.at("mine").pid, 7);
  EXPECT_EQ(known.manifests.at("mine").kind(), contestant_kind::attach);
}

TEST(user_contestants, need_names_of_their_own) {
  catalogue known;
  EXPECT_THROW(add_user_contestants(known, {{"name=mine;command=x", "name=mine;command=y"}, "", 0, {}, false}),
               bad_input);
  EXPECT_THROW(
      add_user_contestants(known, {{"name=a;url=http://127.0.0.1", "name=b;url=http://127.0.0.1"}, "", 7, {}, false}),
      bad_input)
      << "the pid of which?";
}

}  // namespace
}  // namespace tvl::suite
