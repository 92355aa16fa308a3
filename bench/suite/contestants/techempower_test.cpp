#include "bench/suite/contestants/techempower.hpp"

#include "bench/suite/commands/import_command.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/end_to_end/suite_fixture.hpp"

namespace tvl::suite {
namespace {

constexpr char config[] = R"({
  "framework": "drogon+",
  "tests": [{
    "default": {"json_url": "/json", "plaintext_url": "/plaintext", "db_url": "/db", "query_url": "/queries?queries=",
                "port": 8080, "display_name": "Drogon \"plus\"", "versus": "None"},
    "raw": {"db_url": "/db", "port": 8080},
    "core": {"plaintext_url": "/p", "port": 5000}
  }]
})";

manifest imported(const std::string& text, const import_request& asked = {"config.json", "", {}}) {
  const temporary_folder folder;
  return read_user_manifest(folder.write("any.toml", manifest_from_techempower(text, asked)));
}

std::string error_of(const std::string& text, const std::string& test = "") {
  try {
    manifest_from_techempower(text, {"config.json", test, {}});
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

TEST(techempower, becomes_a_running_server) {
  const auto m = imported(config);
  EXPECT_EQ(m.name, "drogon_");
  EXPECT_EQ(m.title, "Drogon \"plus\"");
  EXPECT_EQ(m.model, "other");
  EXPECT_EQ(m.url, "http://127.0.0.1:8080");
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{{"json", "/json"}, {"plaintext", "/plaintext"}}));
  EXPECT_NE(manifest_from_techempower(config, {"", "", {}}).find("# not taken over: db_url, query_url"),
            std::string::npos);
}

TEST(techempower, a_newline_in_a_key_ends_no_comment) {
  const auto text = manifest_from_techempower(
      R"({"framework": "x", "tests": [{"default": {"port": 80, "json_url": "/json", "a\ncommand = ['rm']\n#_url": "/"}}]})",
      {"", "", {}});
  EXPECT_TRUE(text.ends_with("\n# not taken over: 'a\\x0acommand = ['rm']\\x0a#_url'\n")) << text;
}

TEST(techempower, becomes_a_command_with_a_fixed_or_free_port) {
  const auto fixed = imported(config, {"", "core", {"./app", "-v"}});
  EXPECT_EQ(fixed.name, "drogon_-core");
  EXPECT_EQ(fixed.title, "drogon+-core");
  EXPECT_EQ(fixed.command, (std::vector<std::string>{"./app", "-v"}));
  EXPECT_EQ(fixed.port, 5000);
  const auto free = imported(config, {"", "", {"./app", "--port={port}"}});
  EXPECT_EQ(free.port, std::nullopt);
}

TEST(techempower, errors_are_one_line) {
  EXPECT_EQ(error_of("{\n  \"framework\": \"x\",\n}"), "config.json:3: is not JSON");
  EXPECT_EQ(error_of("[]"), "config.json: missing list 'tests'");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": 1})"), "config.json: missing list 'tests'");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [1]})"), "config.json: 'tests' must hold objects");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": []})"), "config.json: 'tests' is empty");
  EXPECT_EQ(error_of(R"({"tests": [{"default": {"port": 1, "json_url": "/"}}]})"),
            "config.json: missing key 'framework'");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [{"a": {"json_url": "/"}}]})"),
            "config.json: missing key 'port' in test 'a'");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [{"a": {"json_url": "/", "port": "80"}}]})"),
            "config.json: 'port' in test 'a' must be a whole number from 1 to 65535");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [{"a": 1}]})"), "config.json: missing key 'port' in test 'a'");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [{"a": {}, "b": {}}]})"),
            "config.json: unknown test 'default' (known: a, b): say --test");
  EXPECT_EQ(error_of(config, "cores"), "config.json: unknown test 'cores' (nearest: core)");
  EXPECT_EQ(error_of(config, "raw"),
            "config.json: neither 'plaintext_url' nor 'json_url' in test 'raw': there is nothing to ask for");
  EXPECT_EQ(error_of(R"({"framework": "x", "tests": [{"a": {"json_url": "json", "port": 80}}]})"),
            "config.json: 'json_url' in test 'a' must begin with '/'");
}

using import_test = suite_test;

TEST_F(import_test, prints_or_writes_a_manifest) {
  const auto file = folder.write("benchmark_config.json", config);
  const auto printed = program({"import", file});
  EXPECT_EQ(printed.code, 0) << printed.err;
  const auto written =
      program({"import", file, "--test", "core", "--command", "./app 'a b'", "--output", folder / "mine.toml"});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(read_user_manifest(folder / "mine.toml").command, (std::vector<std::string>{"./app", "a b"}));
  EXPECT_EQ(read_user_manifest(folder.write("printed.toml", printed.out)).name, "drogon_");
}

TEST_F(import_test, wrong_input_is_one_line) {
  const auto file = folder.write("benchmark_config.json", config).string();
  const auto there = folder.write("there.toml", "x").string();
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{}, "name a benchmark_config.json"},
      {{"/nowhere.json"}, "cannot read /nowhere.json"},
      {{file, "--output", there}, there + " already exists: choose another --output"},
      {{file, "--command", "'x"}, "--command: a quote is not closed: '"},
      {{file, "--tset", "x"}, "unknown option '--tset' (nearest: --test)"},
      {{file, "second"}, "unexpected argument 'second'"},
      {{file, "--test"}, "--test takes one value"},
  };
  for (const auto& [arguments, said] : cases) {
    EXPECT_EQ(command_error(run_import, arguments), said);
  }
}

}  // namespace
}  // namespace tvl::suite
