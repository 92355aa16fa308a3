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

TEST(hosts, of_this_machine_need_no_leave) {
  EXPECT_EQ(error_of(""), "no error");
  EXPECT_EQ(error_of("http://127.0.0.1:80"), "no error");
  EXPECT_EQ(error_of("http://127.9.9.9"), "no error");
}

TEST(hosts, of_others_are_refused_or_warned_of) {
  EXPECT_EQ(error_of("http://192.0.2.1:80"),
            "mine is on another machine, 192.0.2.1: --allow-remote-host if you mean it");
  std::ostringstream warnings;
  check_host(at("http://192.0.2.1:80"), true, warnings);
  EXPECT_EQ(warnings.str(), "warning: load for mine goes to another machine, 192.0.2.1\n");
  EXPECT_EQ(error_of("http://127.0.0.1:0"), "mine: '0' is not a port in 'http://127.0.0.1:0'");
}

TEST(brought, stand_beside_names) {
  catalogue known;
  const auto asked = bring(known, {{"asio_loop", "name=mine;command=x"}, "http://127.0.0.1:1/", 0, {}, false});
  EXPECT_EQ(asked.names, std::vector<std::string>{"asio_loop"});
  EXPECT_EQ(asked.brought, (std::vector<std::string>{"mine", "remote"}));
  EXPECT_EQ(known.manifests.at("remote").endpoints, (std::map<std::string, std::string>{{"plaintext", "/"}}));
}

TEST(brought, cannot_share_a_name) {
  catalogue known;
  EXPECT_THROW(bring(known, {{"name=mine;command=x", "name=mine;command=y"}, "", 0, {}, false}), bad_input);
  EXPECT_THROW(bring(known, {{"name=a;url=http://127.0.0.1", "name=b;url=http://127.0.0.1"}, "", 7, {}, false}),
               bad_input)
      << "whose pid?";
}

}  // namespace
}  // namespace tvl::suite
