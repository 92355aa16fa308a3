#include "clients/load/base/json_text.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(JsonText, BytesThatAreNotUtf8AreReplacedAndTheRestStays) {
  const nlohmann::json value = {{"replies", 7}, {"title", "caf\xe9 \xff"}};
  EXPECT_THROW(value.dump(), nlohmann::json::type_error);
  const auto read = nlohmann::json::parse(to_json_text(value));
  EXPECT_EQ(read.at("replies"), 7);
  EXPECT_EQ(read.at("title"), "caf\xef\xbf\xbd \xef\xbf\xbd");
  EXPECT_EQ(to_json_text(nlohmann::ordered_json{{"b", 1}, {"a", "\xff"}}), "{\"b\":1,\"a\":\"\xef\xbf\xbd\"}");
}

TEST(JsonText, Utf8StaysAsItIs) {
  EXPECT_EQ(to_json_text(nlohmann::json{{"a", "é"}}, 1), "{\n \"a\": \"é\"\n}");
  EXPECT_EQ(as_utf8("é\n\""), "é\n\"");
  EXPECT_EQ(as_utf8("a\xffz"), "a\xef\xbf\xbdz");
}

}  // namespace
}  // namespace tvl::load
