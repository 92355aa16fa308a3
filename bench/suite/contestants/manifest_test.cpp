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
