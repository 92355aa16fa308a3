#include "bench/suite/validation/subject.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

reply said(const std::string& type, const std::string& body) {
  reply r;
  r.status = 200;
  r.type = type;
  r.body = body;
  return r;
}

TEST(subject, the_first_difference_is_a_byte_or_an_end) {
  EXPECT_EQ(difference("same", "same"), "");
  EXPECT_EQ(difference("", "x"), "first difference at byte 0 (from 0): the end expected, 'x' found");
  EXPECT_EQ(difference("abc\n", "abc"), "first difference at byte 3 (from 0): a newline expected, the end found");
  EXPECT_EQ(difference(std::string(70, 'a') + "b", std::string(70, 'a') + "\xff"),
            "first difference at byte 70 (from 0): 'b' expected, 0xff found");
  EXPECT_EQ(difference(std::string("\0", 1), " "), "first difference at byte 0 (from 0): 0x00 expected, 0x20 found");
}

TEST(subject, a_media_type_is_compared_without_parameters_and_case) {
  for (const auto* right : {"text/plain", "Text/Plain", "text/plain; charset=utf-8", "text/plain ;charset=utf-8"})
    EXPECT_TRUE(has_type(said(right, ""), "text/plain")) << right;
  for (const auto* wrong : {"", "text/plainer", "text", "text/html", ";text/plain"})
    EXPECT_FALSE(has_type(said(wrong, ""), "text/plain")) << wrong;
}

TEST(subject, a_failed_check_says_whether_the_type_or_the_body_is_wrong) {
  EXPECT_EQ(same_body("x", said("text/plain", "a"), "a", "a", "text/plain").note, "");
  EXPECT_EQ(same_body("x", said("text/html", "a"), "a", "a", "text/plain").note, "another Content-Type");
  EXPECT_EQ(same_body("x", said("text/html", "a"), "a", "a").result, finding::pass) << "any type";
  const auto c = same_body("x", said("text/plain", "b"), "a", "a", "text/plain");
  EXPECT_EQ(c.result, finding::fail);
  EXPECT_TRUE(c.note.starts_with("first difference at byte 0 ")) << c.note;
}

TEST(subject, what_a_server_says_is_shown_in_printable_letters) {
  EXPECT_EQ(shown(said("text/\x1bplain", "a\nb")), "200 text/.plain 'a.b'");
}

}  // namespace
}  // namespace tvl::suite
