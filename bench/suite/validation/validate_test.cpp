#include "bench/suite/validation/validate.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace tvl::suite {
namespace {

class validate_test : public testing::Test {
 protected:
  std::vector<check> run_checks(const std::string& mode, std::vector<std::string> endpoints) {
    folder.write("fake.py", fake_server);
    return checks_of({TVL_PYTHON, folder / "fake.py", folder.path(), "{port}", mode}, std::move(endpoints));
  }
  std::vector<check> checks_of(std::vector<std::string> command, std::vector<std::string> endpoints) {
    launch l;
    l.name = "mine";
    l.command = std::move(command);
    l.probe = "/plaintext";
    l.logs = folder / "logs";
    const launched_server server(l);
    return validate({server.url(""),
                     {{"plaintext", "/plaintext"}, {"delay", "/delay/{ms}"}},
                     std::move(endpoints),
                     {{"ms", "20"}},
                     7});
  }
  temporary_folder folder;
};

TEST_F(validate_test, passes_a_right_server) {
  const auto checks = run_checks("ok", {"plaintext", "delay"});
  EXPECT_EQ(first_failure(checks), "");
  std::vector<std::string> names;
  for (const auto& c : checks) {
    EXPECT_EQ(c.result, finding::pass) << c.endpoint;
    names.push_back(c.endpoint);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"plaintext", "delay", "delay overlapping", "keep-alive", "connection: close"}));
}

// The next connection is accepted when the client has closed the one before.
constexpr char one_at_a_time[] = R"(
import http.server, sys, time
class handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def do_GET(self):
        wait = self.path.partition('/delay/')[2]
        if wait: time.sleep(int(wait) * 1.02e-3)
        text = (wait or 'Hello, World!').encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *args): pass
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), handler).serve_forever()
)";

TEST_F(validate_test, passes_a_server_that_serves_one_connection_at_a_time) {
  const auto checks = checks_of({TVL_PYTHON, folder.write("one.py", one_at_a_time), "{port}"}, {"plaintext", "delay"});
  EXPECT_EQ(first_failure(checks), "");
  EXPECT_FALSE(lacks_keep_alive(checks));
  EXPECT_EQ(checks.size(), 5U);
}

TEST_F(validate_test, reports_the_expected_and_the_actual_reply) {
  EXPECT_EQ(first_failure(run_checks("wrong", {"plaintext"})),
            "plaintext: expected 200 text/plain 'Hello, World!', got 200 text/plain 'Hello, World?', first difference "
            "at byte 12 (from 0): '!' expected, '?' found");
}

TEST_F(validate_test, a_newline_counts) {
  EXPECT_EQ(run_checks("newline", {"plaintext"}).front().note,
            "first difference at byte 13 (from 0): the end expected, a newline found");
}

TEST_F(validate_test, finds_delays_that_are_too_short) {
  const auto checks = run_checks("early", {"delay"});
  ASSERT_GE(checks.size(), 2U);
  EXPECT_EQ(checks[0].result, finding::fail);
  EXPECT_TRUE(checks[0].expected.starts_with("a reply after ")) << checks[0].expected;
  EXPECT_EQ(checks[1].result, finding::fail);
}

TEST_F(validate_test, a_server_without_keep_alive_does_not_offer_it_and_is_not_wrong) {
  for (const auto* mode : {"closing", "old"}) {
    const auto checks = run_checks(mode, {"plaintext", "delay"});
    EXPECT_EQ(first_failure(checks), "") << mode;
    EXPECT_TRUE(lacks_keep_alive(checks)) << mode;
    const auto found = std::ranges::find(checks, keep_alive, &check::endpoint);
    ASSERT_NE(found, checks.end()) << mode;
    EXPECT_EQ(found->result, finding::not_offered) << mode;
    EXPECT_TRUE(found->note.starts_with("a connection ends after one reply")) << found->note;
  }
}

TEST_F(validate_test, http_1_0_with_keep_alive_keeps_connections) {
  for (const auto* mode : {"ok", "old-kept"}) {
    const auto checks = run_checks(mode, {"plaintext"});
    EXPECT_EQ(first_failure(checks), "") << mode;
    EXPECT_FALSE(lacks_keep_alive(checks)) << mode;
  }
  EXPECT_FALSE(lacks_keep_alive({})) << "it was not checked";
}

TEST_F(validate_test, an_endpoint_that_is_not_offered_is_no_failure) {
  const auto checks = run_checks("ok", {"plaintext", "json"});
  const auto json = std::ranges::find(checks, "json", &check::endpoint);
  ASSERT_NE(json, checks.end());
  EXPECT_EQ(json->result, finding::not_offered);
  EXPECT_EQ(first_failure(checks), "");
}

TEST(endpoints, placeholders_are_filled_or_kept) {
  EXPECT_EQ(placeholders("/stream/{n}?ms={ms}"), (std::vector<std::string>{"n", "ms"}));
  EXPECT_EQ(fill("a{x}b{y}c",
                 [](const std::string& name) { return name == "x" ? std::optional<std::string>("1") : std::nullopt; }),
            "a1b{y}c");
}

}  // namespace
}  // namespace tvl::suite
