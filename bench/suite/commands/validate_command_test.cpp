#include "bench/suite/commands/validate_command.hpp"

#include "bench/suite/end_to_end/suite_fixture.hpp"

namespace tvl::suite {
namespace {

class validate_command_test : public suite_test {
 protected:
  std::vector<std::string> with_servers(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--servers", folder / "servers"});
    return arguments;
  }
  result validate(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "validate");
    return program(with_servers(std::move(arguments)));
  }
  nlohmann::json report(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return nlohmann::json::parse(validate(arguments).out).at("contestants");
  }
  static std::map<std::string, std::string> results(const nlohmann::json& contestant) {
    std::map<std::string, std::string> named;
    for (const auto& c : contestant.at("checks")) named[c.at("check")] = c.at("result");
    return named;
  }
};

TEST_F(validate_command_test, reports_each_endpoint) {
  const auto r = validate({"right"});
  EXPECT_EQ(r.code, 0) << r.out << r.err;
  EXPECT_TRUE(r.out.starts_with("right (launch)\n")) << r.out;
  EXPECT_NE(r.out.find("  plaintext           pass\n"), r.out.npos) << r.out;
  EXPECT_NE(r.out.find("  json                not offered\n"), r.out.npos) << r.out;
  EXPECT_NE(r.out.find("  pass: 6 passed, 0 failed, 19 not offered\n"), r.out.npos) << r.out;
  EXPECT_EQ(r.out.find('\033'), r.out.npos) << "no colours into a file";
}

TEST_F(validate_command_test, reports_failures_with_the_expected_reply_and_json_with_every_check) {
  for (const auto* mode : {"wrong", "early", "forking"}) contestant(mode, mode);
  const auto r = validate({"wrong"});
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.out.find("  plaintext           fail\n"
                       "    expected  200 text/plain 'Hello, World!'\n"
                       "    got       200 text/plain 'Hello, World?'\n"
                       "    first difference at byte 12 (from 0): '!' expected, '?' found\n"),
            r.out.npos)
      << r.out;
  EXPECT_TRUE(r.out.ends_with("\n  what is right: servers/outsiders/CONTRACT.md\n")) << r.out;
  EXPECT_NE(r.out.find("  fail: 5 passed, 1 failed, "), r.out.npos) << r.out;
  const auto all = report({"early", "forking", "right"});
  EXPECT_EQ(results(all[0]).at("delay"), "fail");
  EXPECT_EQ(results(all[1]).at("end on SIGTERM"), "fail");
  EXPECT_EQ(all[1].at("status"), "fail");
  EXPECT_EQ(all[2].at("contestant_kind"), "launch");
  EXPECT_EQ(all[2].at("status"), "pass");
  EXPECT_TRUE(all[2].at("reason").is_null());
  const auto right = results(all[2]);
  for (const auto* name :
       {"plaintext", "delay", "delay overlapping", "keep-alive", "connection: close", "end on SIGTERM"}) {
    EXPECT_EQ(right.at(name), "pass") << name;
  }
  EXPECT_EQ(right.at("json"), "not offered");
}

TEST_F(validate_command_test, a_server_without_keep_alive_passes_and_is_told_where_it_is_measured) {
  contestant("closing", "closing");
  const auto r = validate({"closing"});
  EXPECT_EQ(r.code, 0) << r.out;
  EXPECT_NE(r.out.find("  keep-alive          not offered: a connection ends after one reply; measured where each "
                       "request has its own, as in churn\n"),
            r.out.npos)
      << r.out;
  EXPECT_NE(r.out.find("  pass: 5 passed, 0 failed, 20 not offered\n"), r.out.npos) << r.out;
}

TEST_F(validate_command_test, a_server_that_cannot_be_checked_is_reported_with_the_reason) {
  folder.write("servers/absent.toml",
               "name = 'absent'\ntitle = 't'\nmodel = 'loop'\ncommand = ['x']\nneeds = ['no-such-program']\n");
  folder.write("servers/unbuilt.toml",
               "name = 'unbuilt'\ntitle = 't'\nmodel = 'loop'\ncommand = ['nice', '{bin}/no-such-program']\n");
  folder.write("servers/dead.toml", "name = 'dead'\ntitle = 't'\nmodel = 'loop'\ncommand = ['false']\n");
  EXPECT_EQ(validate({"absent"}).out, "absent (launch)\n  not installed: 'no-such-program' is not on PATH\n");
  EXPECT_EQ(validate({"unbuilt"}).out, "unbuilt (launch)\n  not installed: not built here\n");
  const auto dead = validate({"dead"});
  EXPECT_EQ(dead.out, "dead (launch)\n  fail: dead ended with exit code 1 (nothing on stdout and stderr)\n");
  EXPECT_EQ(dead.code, 1);
}

TEST_F(validate_command_test, takes_files_inline_manifests_and_urls) {
  folder.write("mine.toml", "name = 'mine'\ncommand = ['" TVL_PYTHON "', '" + (folder / "servers/fake.py").string() +
                                "', '" + folder.path().string() +
                                "', '{port}', 'ok']\n[endpoints]\nplaintext = '/plaintext'\n");
  const std::string command = TVL_PYTHON " " + (folder / "servers/fake.py").string() + " " + folder.path().string();
  const auto all = report({folder / "mine.toml", "name=inline;command=" + command + " {port} ok;plaintext=/plaintext"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("status"), "pass") << all[0];
  EXPECT_EQ(all[1].at("status"), "pass") << all[1];

  foreign_server theirs(folder);
  const auto remote = report({"--url", theirs.url + "/plaintext"});
  EXPECT_EQ(remote[0].at("contestant"), "remote");
  EXPECT_EQ(remote[0].at("status"), "pass") << remote[0];
  EXPECT_FALSE(results(remote[0]).contains("end on SIGTERM"));
  EXPECT_TRUE(theirs.process.running());
}

TEST_F(validate_command_test, wrong_input_is_one_line_and_exit_2) {
  folder.write("broken.toml", "name = 'broken'\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "name a contestant or a manifest file, or give --url"},
      {{"rihgt"}, "unknown contestant 'rihgt' (nearest: right)"},
      {{folder / "broken.toml"}, "broken.toml:1: missing key 'command'"},
      {{"/nowhere.toml"}, "there is no file /nowhere.toml"},
      {{"name=x"}, "inline manifest 'x': missing key 'command'"},
      {{"--jsno", "right"}, "unknown option '--jsno' (nearest: --json)"},
      {{"--pid", "1", "right"}, "--pid needs --url, or one --contestant with a url"},
  };
  for (const auto& [arguments, said] : cases) {
    EXPECT_EQ(command_error(run_validate, with_servers(arguments)), said);
  }
  const auto r = validate({"rihgt"});
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.err, "tvl-suite: unknown contestant 'rihgt' (nearest: right)\n");
}

}  // namespace
}  // namespace tvl::suite
