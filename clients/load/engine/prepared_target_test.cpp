#include "clients/load/engine/prepared_target.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

std::string bytes_of(const target& t, const std::string& to = "http://127.0.0.1:8080/x") {
  return prepare({t}, parse_url(to, false)).front().request;
}

std::string target_refusal(const target& t) {
  try {
    bytes_of(t);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "accepted";
}

TEST(PreparedTarget, HasTheFieldsThatARequestNeeds) {
  EXPECT_EQ(bytes_of({}), "GET /x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
  target t;
  t.method = "POST";
  t.body = "four";
  EXPECT_EQ(bytes_of(t), "POST /x HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 4\r\n\r\nfour");
  EXPECT_EQ(bytes_of({}, "http://[::1]:81"), "GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n");
  EXPECT_EQ(bytes_of({}, "unix:/run/app.sock:/x"), "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(bytes_of({}, "http://user@127.0.0.1"),
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic dXNlcjo=\r\n\r\n");
}

// Without regard to case, and once.
TEST(PreparedTarget, GivenFieldsReplaceGeneratedOnes) {
  target t;
  t.method = "POST";
  t.headers = {"hOST: example", "content-length: 4", "Connection: close", "X: 1", "x: 2"};
  t.body = "four";
  EXPECT_EQ(bytes_of(t),
            "POST /x HTTP/1.1\r\nhOST: example\r\ncontent-length: 4\r\nConnection: close\r\nX: 1\r\nx: 2\r\n\r\nfour");
  t.headers = {"Host: a", "AUTHORIZATION: Bearer b", "Transfer-Encoding: chunked"};
  t.body = "0\r\n\r\n";
  EXPECT_EQ(bytes_of(t, "http://user:password@127.0.0.1/"),
            "POST / HTTP/1.1\r\nHost: a\r\nAUTHORIZATION: Bearer b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(PreparedTarget, RefusesWhatWouldEndTheRequestLineOrAField) {
  for (const std::string& line : {std::string("no colon"), std::string(": x"), std::string("a b: c"),
                                  std::string("a: b\r\nc: d"), std::string("a: \n"), std::string("a: \0", 4)}) {
    target t;
    t.headers = {line};
    EXPECT_NE(target_refusal(t).find("' is not a header of the form Name: value"), std::string::npos) << line;
    EXPECT_EQ(target_refusal(t).find('\n'), std::string::npos);
  }
  target t;
  t.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(target_refusal(t), "'GET / HTTP/1.1\\x0d\\x0a' is not a method, such as GET");
  t.method = "";
  EXPECT_EQ(target_refusal(t), "'' is not a method, such as GET");
  t = {};
  t.path = "/a b";
  EXPECT_EQ(target_refusal(t), "'/a b' has white space in it, at character 3; percent-encode it");
  t = {};
  t.headers = {"Host: a", "host: b"};
  EXPECT_EQ(target_refusal(t), "the header Host is given more than once");
}

}  // namespace
}  // namespace tvl::load
