// What a run records of a contestant, and whether that is still the same.

#include "bench/suite/output/identity.hpp"

#include "bench/suite/output/file_hash.hpp"
#include "bench/suite/output/recorded_text.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

using nlohmann::json;
using words = std::vector<std::string>;

class identity_test : public testing::Test {
 protected:
  void SetUp() override {
    m.name = "mine";
    m.file = folder.write("mine.toml", "name = 'mine'\n");
    script = folder.write("server.pl", "print 1;\n");
    m.command = {"sh", "-c", "exec {bin}/x '" + script.string() + "' {port}", "--config={dir}/conf"};
    folder.write("conf", "one\n");
  }
  json identity() const { return identities_of({{"mine", &m}}, folder.path()).at("mine"); }
  // Those of the present state to the one that was recorded.
  words changed(const json& recorded) const { return changes(recorded, identity()); }

  temporary_folder folder;
  manifest m;
  std::filesystem::path script;
};

TEST_F(identity_test, has_the_manifest_the_command_the_program_and_the_files_that_the_command_names) {
  const auto found = identity();
  const auto here = std::filesystem::canonical(folder.path()).string();
  EXPECT_EQ(found.at("manifest").at("path"), m.file.string());
  EXPECT_EQ(found.at("manifest").at("sha256"), *sha256_of(m.file));
  EXPECT_EQ(found.at("command"),
            json({"sh", "-c", "exec " + folder.path().string() + "/x '" + script.string() + "' {port}",
                  "--config=" + folder.path().string() + "/conf"}));
  const auto shell = std::filesystem::canonical("/bin/sh");
  EXPECT_EQ(found.at("program").at("path"), shell.string());
  EXPECT_EQ(found.at("program").at("sha256"), *sha256_of(shell));
  EXPECT_TRUE(found.at("program").contains("version"));
  ASSERT_EQ(found.at("files").size(), 2U) << found;
  EXPECT_EQ(found.at("files")[0].at("path"), here + "/server.pl");
  EXPECT_EQ(found.at("files")[0].at("bytes"), 9);
  EXPECT_EQ(found.at("files")[1].at("path"), here + "/conf");
  EXPECT_TRUE(found.at("url").is_null());
}

TEST_F(identity_test, of_a_server_without_file_or_command_has_nulls) {
  m.file = folder / "inline manifest";
  m.command = {};
  m.url = "http://me:word@127.0.0.1:80";
  auto found = identity();
  EXPECT_TRUE(found.at("manifest").is_null());
  EXPECT_TRUE(found.at("command").is_null());
  EXPECT_TRUE(found.at("program").is_null());
  EXPECT_EQ(found.at("url"), "http://me:***@127.0.0.1:80");
  m.pid = getpid();
  found = identity();
  EXPECT_EQ(found.at("program").at("path"), portable(std::filesystem::read_symlink("/proc/self/exe").string()));
  EXPECT_TRUE(found.at("program").at("sha256").is_string());
}

TEST_F(identity_test, of_a_program_that_is_not_there_has_a_null) {
  m.command = {(folder / "not-built").string(), "{port}"};
  EXPECT_TRUE(identity().at("program").is_null());
  EXPECT_EQ(identity().at("files"), json::array());
}

TEST_F(identity_test, has_no_secret_of_the_command) {
  m.command = {"sh", "--header", "Authorization: Bearer abc"};
  EXPECT_EQ(identity().at("command"), json({"sh", "--header", "Authorization: ***"}));
}

TEST_F(identity_test, hashes_a_bounded_number_of_files) {
  m.command = {"sh"};
  for (std::size_t i = 0; i < most_files + 3; ++i)
    m.command.push_back(folder.write("file" + std::to_string(i), std::to_string(i)).string());
  EXPECT_EQ(identity().at("files").size(), most_files);
}

TEST_F(identity_test, that_did_not_change_has_no_changes) {
  EXPECT_EQ(changed(identity()), words{});
  EXPECT_EQ(changes(json::object(), identity()), words{}) << "an older run did not record it";
}

TEST_F(identity_test, names_what_changed) {
  const auto recorded = identity();
  folder.write("mine.toml", "name = 'mine' # again\n");
  EXPECT_EQ(changed(recorded), words{"its manifest"});
  folder.write("server.pl", "print 2;\n");
  const auto file = "its file " + (std::filesystem::canonical(folder.path()) / "server.pl").string();
  EXPECT_EQ(changed(recorded), (words{"its manifest", file}));
  m.command.push_back("--fast");
  EXPECT_EQ(changed(recorded), (words{"its manifest", "its command", file}));
  m.command = {folder.write("built", "one"), "{port}"};
  const auto before = identity();
  folder.write("built", "two");
  EXPECT_EQ(changed(before), words{"its program " + (std::filesystem::canonical(folder.path()) / "built").string()});
}

}  // namespace
}  // namespace tvl::suite
