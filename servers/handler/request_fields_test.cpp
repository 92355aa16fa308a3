#include "servers/handler/request_fields.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tvl::handler {
namespace {

using boost::beast::http::field;
using fields = std::vector<std::pair<field, std::string>>;

std::uint16_t fault(const fields& given, bool http_1_1 = true) {
  request_fields all;
  for (const auto& [name, value] : given) all.take(name, value);
  return all.fault(http_1_1);
}

std::uint16_t fault_of_coding(const std::string& value, bool http_1_1 = true) {
  return fault({{field::host, "a"}, {field::transfer_encoding, value}}, http_1_1);
}

// RFC 9112 3.2, RFC 3986 3.2.2
TEST(request_fields, a_host_is_a_name_or_an_address_with_or_without_a_port) {
  for (const std::string host : {"", "a", "a:80", "a:", "[::1]", "[::1]:80", "127.0.0.1:8080", "%41.b-c_d~", "a,b"})
    EXPECT_EQ(fault({{field::host, host}}), 0) << host;
  for (const std::string host : {"a b", "a/b", "a:b", "a:80:80", "user@a", "[::1", "[]", "a[::1]", "[::1]a", "%zz",
                                 "%4", "a\"", "\x80", "a?b", "a#b"})
    EXPECT_EQ(fault({{field::host, host}}), 400) << host;
}

TEST(request_fields, a_request_has_one_host_which_http_1_0_may_leave_out) {
  EXPECT_EQ(fault({}), 400);
  EXPECT_EQ(fault({}, false), 0);
  EXPECT_EQ(fault({{field::host, "a"}, {field::host, "a"}}), 400);
  EXPECT_EQ(fault({{field::host, "a b"}}, false), 400);
}

// RFC 9112 6.1 and 6.3
TEST(request_fields, chunked_is_the_last_coding_and_once_there) {
  for (const std::string coding : {"chunked", "Chunked", " chunked ", ", chunked,", ""})
    EXPECT_EQ(fault_of_coding(coding), 0) << coding;
  for (const std::string coding : {"gzip", "chunked, gzip", "chunked, chunked", "chunked;q=1", "\"chunked\""})
    EXPECT_EQ(fault_of_coding(coding), 400) << coding;
  EXPECT_EQ(fault_of_coding("gzip, chunked"), 501);
  EXPECT_EQ(fault_of_coding("chunked", false), 400);
}

TEST(request_fields, codings_of_several_fields_are_one_list) {
  const std::pair<field, std::string> host{field::host, "a"}, gzip{field::transfer_encoding, "gzip"},
      chunked{field::transfer_encoding, "chunked"};
  EXPECT_EQ(fault({host, gzip, chunked}), 501);
  EXPECT_EQ(fault({host, chunked, gzip}), 400);
}

// RFC 9110 10.1.1
TEST(request_fields, only_one_expectation_is_known) {
  request_fields all;
  all.take(field::host, "a");
  EXPECT_FALSE(all.expects_continue());
  all.take(field::expect, "100-Continue");
  EXPECT_TRUE(all.expects_continue());
  EXPECT_EQ(all.fault(true), 0);
  all.take(field::expect, "tea");
  EXPECT_EQ(all.fault(true), 417);
}

}  // namespace
}  // namespace tvl::handler
