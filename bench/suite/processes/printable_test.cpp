#include "bench/suite/processes/printable.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(printable, text_stays_as_it_is) {
  EXPECT_EQ(printable("listening on 127.0.0.1:80, 5 € für 木"), "listening on 127.0.0.1:80, 5 € für 木");
}

TEST(printable, control_characters_and_bytes_that_are_no_text_are_numbers) {
  EXPECT_EQ(printable(std::string_view("a\0\x1b[2J\x7f", 7)), "a\\x00\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "the begin of a character";
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "longer than needed";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair";
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "a control sequence begins";
}

TEST(printable, long_text_is_cut_between_characters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
  EXPECT_EQ(printable("abcd€", 6), "abcd...");
}

}  // namespace
}  // namespace tvl::suite
