// What is not written into the files of a run.

#include "bench/suite/output/recorded_text.hpp"

#include "bench/support/build_facts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace tvl::suite {
namespace {

std::string shown(const char* text) { return without_secrets(std::string(text)); }

TEST(recorded_text, has_no_password_of_a_url) {
  EXPECT_EQ(shown("http://me:pa@ss@[::1]:80/a@b:c"), "http://me:***@[::1]:80/a@b:c");
  EXPECT_EQ(shown("--url=http://me:word@host:80 http://you:word@b"), "--url=http://me:***@host:80 http://you:***@b");
  for (const auto* open : {"http://127.0.0.1:80/a:b@c", "http://me@host:80/", "http://h:1/?at=x:y@z", "no url: a@b"})
    EXPECT_EQ(shown(open), open);
}

TEST(recorded_text, has_no_value_of_a_header_that_lets_a_client_in) {
  EXPECT_EQ(shown("Authorization: Bearer abc.def"), "Authorization: ***");
  EXPECT_EQ(shown("name=a;headers=proxy-authorization: Basic eA==;plaintext=/"),
            "name=a;headers=proxy-authorization: ***;plaintext=/");
  EXPECT_EQ(shown("curl -H 'Cookie: a=b; c=d' x"), "curl -H 'Cookie: ***' x");
  EXPECT_EQ(shown("X-Api-Key: 12, X-Auth-Token=\"34\""), "X-Api-Key: ***, X-Auth-Token=\"***\"");
}

TEST(recorded_text, has_no_value_of_a_parameter_of_that_name) {
  EXPECT_EQ(shown("--db-password=one --port 80"), "--db-password=*** --port 80");
  EXPECT_EQ(shown("/login?user=me&password=one&next=/"), "/login?user=me&password=***&next=/");
  EXPECT_EQ(shown("PGPASSWORD=one ./server"), "PGPASSWORD=*** ./server");
  for (const auto* open : {"--tokens=5", "--token-bucket 5", "a secret is here", "password=", "authorization"})
    EXPECT_EQ(shown(open), open);
}

TEST(recorded_text, of_a_plan_has_neither) {
  const auto plan = nlohmann::json::parse(R"({"url": "http://me:word@h:1/", "rate": 7, "headers":
      [["Authorization", "Bearer x"], ["Host", "b"]], "more": {"Cookie": "a=b", "other": [{"name": "X-Token",
      "value": "v"}, "password=a"]}})");
  EXPECT_EQ(without_secrets(plan), nlohmann::json::parse(R"({"url": "http://me:***@h:1/", "rate": 7, "headers":
      [["Authorization", "***"], ["Host", "b"]], "more": {"Cookie": "***", "other": [{"name": "X-Token",
      "value": "***"}, "password=***"]}})"));
}

TEST(recorded_text, names_files_of_this_project_from_its_folder) {
  EXPECT_EQ(portable(std::string(build::source_dir) + "/servers/a.toml"), "servers/a.toml");
  EXPECT_EQ(portable("/elsewhere/a.toml"), "/elsewhere/a.toml");
}

}  // namespace
}  // namespace tvl::suite
