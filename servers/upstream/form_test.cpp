#include "servers/upstream/form.hpp"

#include <gtest/gtest.h>

namespace tvl::upstream {
namespace {

TEST(Form, FindsTheFirstOfThatName) {
  EXPECT_EQ(form_value("a=1&b=2&b=3", "b"), "2");
  EXPECT_EQ(form_value("aa=1&a=2", "a"), "2");
  EXPECT_EQ(form_value("a=x=y", "a"), "x=y");
}

TEST(Form, EmptyIsNotAbsent) {
  EXPECT_EQ(form_value("a=&b", "a"), "");
  EXPECT_EQ(form_value("a=&b", "b"), "");
  EXPECT_EQ(form_value("a=&b", "c"), std::nullopt);
  EXPECT_EQ(form_value("", "a"), std::nullopt);
}

TEST(Form, Decodes) {
  EXPECT_EQ(form_value("token=a%2Bb+c%3d", "token"), "a+b c=");
  EXPECT_EQ(form_value("a=100%&b=%4", "a"), "100%");
  EXPECT_EQ(form_value("a=100%&b=%4", "b"), "%4");
  EXPECT_EQ(form_value("a=%zz%-1", "a"), "%zz%-1");
}

}  // namespace
}  // namespace tvl::upstream
