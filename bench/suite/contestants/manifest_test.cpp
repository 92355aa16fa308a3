// Manifests, and the messages about wrong ones.

#include "bench/suite/contestants/manifest.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_fixture.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

std::string manifest_error(const std::string& from, const std::string& to) {
  return error_of(read_manifest, "mine.toml", replaced(good_manifest, from, to));
}

TEST(manifest, is_read_whole) {
  const temporary_folder folder;
  const auto m = read_manifest(folder.write("mine.toml", good_manifest));
  EXPECT_EQ(m.name, "mine");
  EXPECT_EQ(m.title, "my server");
  EXPECT_EQ(m.model, "loop");
  EXPECT_EQ(m.versus, "yours");
  EXPECT_EQ(m.command, (std::vector<std::string>{"{bin}/mine", "--port", "{port}"}));
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{{"plaintext", "/hello"}, {"delay", "/sleep?for={ms}"}}));
  EXPECT_EQ(m.needs, std::vector<std::string>{"sh"});
}

TEST(manifest, of_a_user_needs_no_title_no_model_and_any_file_name) {
  const temporary_folder folder;
  const auto file = folder.write("any.toml", "name = 'mine'\ncommand = ['./mine']\nport = 8080\n");
  const auto m = read_user_manifest(file);
  EXPECT_EQ(m.title, "mine");
  EXPECT_EQ(m.model, "other");
  EXPECT_EQ(m.port, 8080);
  EXPECT_EQ(m.kind(), contestant_kind::launch);
  EXPECT_THROW(read_manifest(file), bad_file);
}

TEST(manifest, without_endpoints_offers_all) {
  const temporary_folder folder;
  const auto m = read_manifest(folder.write(
      "mine.toml", "name = 'mine'\ntitle = 't'\nmodel = 'loop'\ncommand = ['x']\nneeds = ['no-such-program']\n"));
  EXPECT_EQ(m.endpoints, all_endpoints());
  EXPECT_EQ(m.versus, std::nullopt);
  EXPECT_EQ(m.needs, std::vector<std::string>{"no-such-program"});
}

TEST(manifest, errors_name_file_line_and_key) {
  EXPECT_EQ(manifest_error("title   = \"my server\"\n", ""), "mine.toml:1: missing key 'title'");
  EXPECT_EQ(manifest_error("versus", "verses"), "mine.toml:4: unknown key 'verses' (nearest: versus)");
  EXPECT_EQ(manifest_error("{port}", "{prot}"),
            "mine.toml:5: 'command' has an unknown placeholder 'prot' (nearest: port)");
  EXPECT_EQ(manifest_error("\"loop\"", "\"lopp\""),
            "mine.toml:3: 'model' names an unknown model 'lopp' (nearest: loop)");
  EXPECT_EQ(manifest_error("\"mine\"", "\"thine\""), "mine.toml:1: 'name' is 'thine', but the file is mine.toml");
  EXPECT_EQ(manifest_error("plaintext =", "plaintxt ="),
            "mine.toml:8: unknown key 'plaintxt' (nearest: plaintext) in [endpoints]");
  EXPECT_EQ(manifest_error("\"/hello\"", "\"hello\""),
            "mine.toml:8: 'plaintext' in [endpoints] must be a path that begins with '/'");
  EXPECT_EQ(manifest_error("{ms}", "{us}"),
            "mine.toml:9: 'delay' in [endpoints] has an unknown placeholder 'us' (nearest: ms)");
  EXPECT_EQ(manifest_error("[\"sh\"]", "\"sh\""), "mine.toml:6: 'needs' must be a list of texts");
  EXPECT_EQ(manifest_error("[\"{bin}/mine\", \"--port\", \"{port}\"]", "[]"),
            "mine.toml:5: 'command' must not be empty");
  EXPECT_EQ(manifest_error("\"my server\"", "7"), "mine.toml:2: 'title' must be a text that is not empty");
}

constexpr char with_routes[] = R"(name = "mine"
model = "actors"
command = ["./mine", '{{"a": {{}}}}']
cwd = "app"
env = { PORT = "{port}", EMPTY = "" }
build = [["make"], ["cp", "{dir}/a", "b"]]
start_timeout = "1.5s"
warmup_s = 3
[headers]
Host = "example.org"
accept = "*/*"
[endpoints]
plaintext = "/hello"
orders = "/orders"
[endpoints.json]
path = "/j"
[endpoints.add]
path = "/orders"
method = "POST"
body = '{"n": 1}'
headers = { Accept = "application/json" }
expect_status = 201
expect_body_matches = "^[0-9]+$"
)";

TEST(manifest, describes_an_application) {
  const temporary_folder folder;
  folder.write("app/a", "");
  const auto m = read_user_manifest(folder.write("mine.toml", with_routes));
  EXPECT_EQ(m.model, "actors");
  EXPECT_EQ(m.cwd, folder / "app");
  EXPECT_EQ(m.env, (std::map<std::string, std::string>{{"EMPTY", ""}, {"PORT", "{port}"}}));
  EXPECT_TRUE(takes(m, "port")) << "in the environment";
  EXPECT_EQ(m.build, (std::vector<std::vector<std::string>>{{"make"}, {"cp", "{dir}/a", "b"}}));
  EXPECT_EQ(m.start_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(m.warmup_s, 3);
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{
                             {"add", "/orders"}, {"json", "/j"}, {"orders", "/orders"}, {"plaintext", "/hello"}}));
  EXPECT_EQ(m.requests.size(), 2U) << "json is a path, checked as usual";
  const auto add = request_for(m, "add");
  EXPECT_EQ(add.method, "POST");
  EXPECT_EQ(add.path, "/orders");
  EXPECT_EQ(add.body, "{\"n\": 1}");
  EXPECT_EQ(add.headers, (std::vector<std::string>{"Accept: application/json", "Host: example.org"}));
  EXPECT_EQ(add.expect_status, 201);
  EXPECT_EQ(add.expect_body_matches, "^[0-9]+$");
  EXPECT_EQ(request_for(m, "plaintext").headers, m.headers);
  EXPECT_EQ(request_for(m, "orders").headers, m.headers);
}

TEST(manifest, endpoints_that_answer_a_body_are_sent_one) {
  manifest m;
  m.endpoints = all_endpoints();
  const auto echo = request_for(m, "echo");
  EXPECT_EQ(echo.method, "POST");
  EXPECT_FALSE(echo.body.empty());
  EXPECT_EQ(echo.expect_body, echo.body);
  EXPECT_EQ(request_for(m, "upload").method, "POST");
  EXPECT_EQ(request_for(m, "plaintext").method, "GET");
}

TEST(manifest, errors_of_an_application_name_the_line_and_what_is_allowed) {
  const auto error = [](const std::string& from, const std::string& to) {
    const auto read = [](const std::filesystem::path& file) {
      std::filesystem::create_directories(file.parent_path() / "app");
      read_user_manifest(file);
    };
    return error_of(read, "mine.toml", replaced(with_routes, from, to));
  };
  EXPECT_EQ(
      error("\"1.5s\"", "\"soon\""),
      "mine.toml:7: 'start_timeout' must be a number of seconds, 0 or more, or a time such as \"500ms\", \"30s\" or "
      "\"2m\"");
  EXPECT_EQ(error("\"1.5s\"", "0"), "mine.toml:7: 'start_timeout' must be from 1 ms to 3600 s");
  EXPECT_EQ(error("PORT = \"{port}\"", "PORT = 80"), "mine.toml:5: 'PORT' in [env] must be a text");
  EXPECT_EQ(error("{port}", "{prot}"),
            "mine.toml:5: 'PORT' in [env] has an unknown placeholder 'prot' (nearest: port)");
  EXPECT_EQ(error("[\"make\"]", "[]"),
            "mine.toml:6: 'build' must be a list of texts, or a list of such lists, and none may be empty");
  EXPECT_EQ(error("method", "methd"), "mine.toml:19: unknown key 'methd' (nearest: method) in [endpoints.add]");
  EXPECT_EQ(error("\"POST\"", "\"post\""),
            "mine.toml:19: 'method' in [endpoints.add] must be in capital letters: GET, POST, ...");
  EXPECT_EQ(error("201", "20"), "mine.toml:22: 'expect_status' in [endpoints.add] must be a status from 200 to 599");
  EXPECT_EQ(error("expect_status = 201", "expect_body = ''"),
            "mine.toml:23: 'expect_body_matches' in [endpoints.add] is there beside 'expect_body'");
  EXPECT_TRUE(
      error("^[0-9]+$", "(")
          .starts_with(
              "mine.toml:23: 'expect_body_matches' in [endpoints.add] is wrong: '(' is not a regular expression"));
  EXPECT_EQ(error("orders = \"/orders\"", "orders = \"/orders/{id}\""),
            "mine.toml:14: 'orders' in [endpoints] has an unknown placeholder 'id' (there are none)");
  EXPECT_EQ(error("\"/hello\"", "\"/my page\""),
            "mine.toml:13: 'plaintext' in [endpoints] must be a path without blanks: %20 is one");
  EXPECT_EQ(error("Host = \"example.org\"", "Host = \"a\\nb\""), "mine.toml:10: 'Host' in [headers] must be one line");
  EXPECT_TRUE(error("\"app\"", "\"nowhere\"").starts_with("mine.toml:4: 'cwd' is no folder: there is no "));
}

TEST(manifest, has_defaults_for_threads_and_processes) {
  const std::string command = "\"{port}\", \"--threads\", \"{threads}\"]";
  const auto with = [&](const std::string& table) {
    return replaced(replaced(good_manifest, "\"{port}\"]", command), "[endpoints]",
                    "[defaults]\n" + table + "\n[endpoints]");
  };
  const temporary_folder folder;
  EXPECT_EQ(read_manifest(folder.write("mine.toml", with("threads = 64"))).defaults,
            (std::map<std::string, quantity>{{"threads", quantity::of(64)}}));
  const auto error = [&](const std::string& table) { return error_of(read_manifest, "mine.toml", with(table)); };
  EXPECT_EQ(error("threads = 0"), "mine.toml:8: 'threads' in [defaults] must be a whole number from 1 to 1000000");
  EXPECT_EQ(error("threads = \"connections\""),
            "mine.toml:8: 'threads' in [defaults] must be a whole number from 1 to 1000000");
  EXPECT_EQ(error("processes = 2"), "mine.toml:8: 'processes' in [defaults] has no {processes} in 'command' to fill");
  EXPECT_EQ(error("thread = 2"), "mine.toml:8: unknown key 'thread' (nearest: threads) in [defaults]");
}

TEST(manifest, gives_every_command_variable_a_default) {
  manifest m;
  m.defaults = {{"threads", quantity::of(64)}, {"pool", quantity::of(3)}};
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : standards(m, 2)) texts[name] = value.text;
  EXPECT_EQ(texts,
            (std::map<std::string, std::string>{
                {"threads", "64"}, {"processes", "2"}, {"stack", "64KiB"}, {"offload_threads", "16"}, {"pool", "3"}}));
}

TEST(manifest, takes_executor_pool_and_services) {
  const temporary_folder folder;
  const auto with = [&](const std::string& words, const std::string& defaults) {
    return read_manifest(
        folder.write("mine.toml", replaced(replaced(good_manifest, "\"{port}\"]", "\"{port}\"" + words + "]"),
                                           "[endpoints]", "[defaults]\n" + defaults + "\n[endpoints]")));
  };
  const auto m =
      with(", '{offload_threads}', '{pool}', '{redis}', '{postgres}', '{upstream}'", "offload_threads = 4\npool = 5");
  EXPECT_EQ(m.defaults,
            (std::map<std::string, quantity>{{"offload_threads", quantity::of(4)}, {"pool", quantity::of(5)}}));
  for (const auto* name : {"offload_threads", "pool", "redis", "postgres", "upstream"}) EXPECT_TRUE(takes(m, name));
}

TEST(manifest, broken_toml_names_the_line) {
  EXPECT_TRUE(manifest_error("\"my server\"", "\"my server").starts_with("mine.toml:2: "))
      << manifest_error("\"my server\"", "\"my server");
}

}  // namespace
}  // namespace tvl::suite
