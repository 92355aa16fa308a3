// Manifests and workloads, and what is said about wrong ones.

#include "bench/suite/catalogue.hpp"
#include "bench/suite/endpoints.hpp"
#include "bench/suite/manifest.hpp"
#include "bench/suite/test_support.hpp"
#include "bench/suite/toml_file.hpp"
#include "bench/suite/workload.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

constexpr char good_manifest[] = R"(name    = "mine"
title   = "my server"
model   = "loop"
versus  = "yours"
command = ["{bin}/mine", "--port", "{port}"]
needs   = ["sh"]
[endpoints]
plaintext = "/hello"
delay     = "/sleep?for={ms}"
)";

constexpr char good_workload[] = R"(question    = "How long?"
endpoint    = "delay"
parameters  = { ms = 50 }
contestants = ["mine", "yours"]
[load]
connections = [1, 64]
requests_per_connection = 0
sources = "127.0.0.1-127.0.0.3"
seconds = 3
warmup_s = 1.5
repetitions = 5
[quick]
connections = [8]
seconds = 0.5
[[ceiling]]
label = "connections / delay"
per   = "connection"
rate  = 20.0
[chart]
panels  = ["throughput", "p99"]
caption = "Look here."
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

template <class Read>
std::string error_of(const Read& read, const std::string& name, const std::string& text) {
  const temporary_folder folder;
  try {
    read(folder.write(name, text));
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

std::string manifest_error(const std::string& from, const std::string& to) {
  return error_of(read_manifest, "mine.toml", replaced(good_manifest, from, to));
}

std::string workload_error(const std::string& from, const std::string& to) {
  return error_of(read_workload, "wait.toml", replaced(good_workload, from, to));
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
  EXPECT_EQ(missing_program(m), std::nullopt);
}

TEST(manifest, without_endpoints_offers_all) {
  const temporary_folder folder;
  const auto m = read_manifest(folder.write(
      "mine.toml", "name = 'mine'\ntitle = 't'\nmodel = 'loop'\ncommand = ['x']\nneeds = ['no-such-program']\n"));
  EXPECT_EQ(m.endpoints, all_endpoints());
  EXPECT_EQ(m.versus, std::nullopt);
  EXPECT_EQ(missing_program(m), "no-such-program");
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

TEST(manifest, broken_toml_names_the_line) {
  EXPECT_TRUE(manifest_error("\"my server\"", "\"my server").starts_with("mine.toml:2: "))
      << manifest_error("\"my server\"", "\"my server");
}

TEST(workload, is_read_whole) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("wait.toml", good_workload));
  EXPECT_EQ(w.name, "wait");
  EXPECT_EQ(w.contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(w.full.connections, (std::vector<int>{1, 64}));
  EXPECT_EQ(w.full.sources.size(), 3u);
  EXPECT_EQ(w.full.seconds, 3);
  EXPECT_EQ(w.full.repetitions, 5);
  EXPECT_EQ(w.quick.connections, std::vector<int>{8});
  EXPECT_EQ(w.quick.seconds, 0.5);
  EXPECT_EQ(w.quick.warmup_s, 1.5) << "what [quick] does not say is [load]'s";
  EXPECT_EQ(w.quick.repetitions, 5);
  EXPECT_EQ(request_path(w, "/sleep?for={ms}"), "/sleep?for=50");
  ASSERT_EQ(w.ceilings.size(), 1U);
  EXPECT_EQ(ceiling_rate(w.ceilings[0], 64), 1280);
  EXPECT_EQ(w.panels, (std::vector<std::string>{"throughput", "p99"}));
}

TEST(workload, errors_name_file_line_and_key) {
  EXPECT_EQ(workload_error("\"How long?\"", "\"Long.\""), "wait.toml:1: 'question' must end in a question mark");
  EXPECT_EQ(workload_error("\"delay\"", "\"dealy\""),
            "wait.toml:2: 'endpoint' names an unknown endpoint 'dealy' (nearest: delay)");
  EXPECT_EQ(workload_error("{ ms = 50 }", "{ s = 50 }"),
            "wait.toml:1: 'parameters' lacks 'ms', which /delay/{ms} needs");
  EXPECT_EQ(workload_error("warmup_s", "warmup"), "wait.toml:10: unknown key 'warmup' (nearest: warmup_s) in [load]");
  EXPECT_EQ(workload_error("127.0.0.3", "127.0.0.x").substr(0, 23), "wait.toml:8: 'sources' ");
  EXPECT_EQ(workload_error("repetitions = 5", "repetitions = 0"),
            "wait.toml:11: 'repetitions' in [load] must be a whole number from 1 to 1000");
  EXPECT_EQ(workload_error("seconds = 0.5", "seconds = 0"), "wait.toml:14: 'seconds' in [quick] must be more than 0");
  EXPECT_EQ(workload_error("[1, 64]", "[1, 0]"),
            "wait.toml:6: 'connections' in [load] must be a list of whole numbers from 1 to 1000000");
  EXPECT_EQ(workload_error("connections = [1, 64]\n", ""),
            "wait.toml:5: 'connections' in [load] is missing: a list of whole numbers");
  EXPECT_EQ(workload_error("[load]", "[laod]"), "wait.toml:1: 'load' is missing: a table [load]");
  EXPECT_EQ(workload_error("\"connection\"", "\"conection\""),
            "wait.toml:17: 'per' in [[ceiling]] names an unknown word 'conection' (nearest: connection)");
  EXPECT_EQ(workload_error("\"p99\"", "\"p98\""),
            "wait.toml:20: 'panels' in [chart] names an unknown word 'p98' (nearest: p99)");
  EXPECT_EQ(workload_error("[quick]", "[quik]"), "wait.toml:12: unknown key 'quik' (nearest: quick)");
}

class selection_test : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("servers/mine.toml", good_manifest);
    folder.write("servers/outsiders/yours.toml", replaced(good_manifest, "\"mine\"", "\"yours\""));
    folder.write("workloads/wait.toml", good_workload);
  }
  catalogue read() const { return read_catalogue(folder / "servers", folder / "workloads"); }
  static std::string error_of(const catalogue& known, const wish& asked) {
    try {
      select(known, asked);
    } catch (const bad_file& error) {
      return error.what();
    }
    return "no error";
  }
  temporary_folder folder;
};

TEST_F(selection_test, takes_the_workloads_contestants_and_repetitions) {
  const auto chosen = select(read(), {{}, {}, true, std::nullopt});
  ASSERT_EQ(chosen.demands.size(), 1U);
  EXPECT_EQ(chosen.demands[0].contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(chosen.demands[0].connections, std::vector<int>{8});
  EXPECT_EQ(chosen.demands[0].repetitions, 5);
  EXPECT_TRUE(chosen.missing.empty());
  EXPECT_EQ(select(read(), {{"wait"}, {"yours"}, false, 2}).demands[0].repetitions, 2);
}

TEST_F(selection_test, unknown_names_come_with_the_nearest) {
  EXPECT_EQ(error_of(read(), {{"wiat"}, {}, false, {}}), "unknown workload 'wiat' (nearest: wait)");
  EXPECT_EQ(error_of(read(), {{}, {"your"}, false, {}}), "unknown contestant 'your' (nearest: yours)");
  folder.write("workloads/wait.toml", replaced(good_workload, "\"yours\"", "\"yuors\""));
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}), "wait.toml: unknown contestant 'yuors' (nearest: yours)");
}

TEST_F(selection_test, leaves_out_who_cannot_be_measured) {
  folder.write("servers/mine.toml", replaced(good_manifest, "\"sh\"", "\"no-such-program\""));
  folder.write("servers/outsiders/yours.toml",
               replaced(replaced(good_manifest, "\"mine\"", "\"yours\""), "delay     = \"/sleep?for={ms}\"\n", ""));
  folder.write("servers/third.toml", "name = 1");
  const auto chosen = select(read(), {{}, {"mine", "yours", "third"}, false, {}});
  EXPECT_TRUE(chosen.demands[0].contestants.empty());
  ASSERT_EQ(chosen.missing.size(), 3U);
  EXPECT_EQ(chosen.missing[0].status, "not installed");
  EXPECT_EQ(chosen.missing[0].reason, "'no-such-program' is not on PATH");
  EXPECT_EQ(chosen.missing[1].status, "not offered");
  EXPECT_EQ(chosen.missing[2].status, "failed");
  EXPECT_EQ(chosen.missing[2].reason, "third.toml:1: 'name' must be a text that is not empty");
}

TEST_F(selection_test, empty_folders_are_an_error) {
  EXPECT_THROW(read_catalogue(folder / "nowhere", folder / "workloads"), bad_file);
  EXPECT_THROW(read_catalogue(folder / "servers", folder / "nowhere"), bad_file);
}

}  // namespace
}  // namespace tvl::suite
