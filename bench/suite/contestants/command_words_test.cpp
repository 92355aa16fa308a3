#include "bench/suite/contestants/command_words.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

std::optional<std::string> no_port(const std::string& name) {
  if (name == "port") return std::nullopt;
  return name == "dir" ? "/my {port} folder" : "2";
}
std::optional<std::string> port(const std::string& name) {
  return name == "port" ? std::optional<std::string>("80") : std::nullopt;
}
std::string whole(const std::string& word) { return finish_word(fill_word(word, no_port), port); }

using texts = std::vector<std::string>;

TEST(command_words, placeholders_are_filled_in_two_steps) {
  EXPECT_EQ(word_placeholders("{dir}/x:{port}"), (texts{"dir", "port"}));
  EXPECT_EQ(fill_word("-t{threads}:{port}", no_port), "-t2:{port}");
  EXPECT_EQ(whole("-t{threads}:{port}"), "-t2:80");
}

TEST(command_words, a_doubled_brace_is_a_brace) {
  EXPECT_EQ(whole("{{port}}"), "{port}");
  EXPECT_EQ(whole("{{{port}}}"), "{80}");
  EXPECT_EQ(whole("{{ print }} {threads}"), "{ print } 2");
  EXPECT_EQ(whole(R"({{"a":{{"port":{port}}}}})"), R"({"a":{"port":80}})");
  EXPECT_EQ(word_placeholders("{{port}}"), texts());
  EXPECT_EQ(word_placeholders("{{{port}}}"), texts{"port"});
}

TEST(command_words, json_without_an_escape_stays_as_it_is) {
  EXPECT_EQ(whole(R"({"a":{"b":1}})"), R"({"a":{"b":1}})");
  EXPECT_EQ(whole(R"({"a":{"port":{port}}})"), R"({"a":{"port":80}})");
  EXPECT_EQ(whole("f() { :; }; ${x}"), "f() { :; }; $2");
}

TEST(command_words, braces_of_a_value_are_text) { EXPECT_EQ(whole("{dir}/{port}"), "/my {port} folder/80"); }

}  // namespace
}  // namespace tvl::suite
