#include "clients/load/base/output_file.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace tvl::load {
namespace {

class output_file_test : public testing::Test {
 protected:
  output_file_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tvl-output-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~output_file_test() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
};

TEST_F(output_file_test, a_new_file_is_not_made_by_the_check) {
  EXPECT_EQ(flaw_of_output_file(folder / "point.json"), "");
  EXPECT_FALSE(std::filesystem::exists(folder / "point.json"));
  EXPECT_EQ(flaw_of_output_file("point.json"), flaw_of_output_folder("."));
}

TEST_F(output_file_test, what_is_no_place_for_a_file_is_named) {
  std::ofstream(folder / "file") << "x";
  EXPECT_EQ(flaw_of_output_file(folder / "file"), "");
  EXPECT_EQ(flaw_of_output_file(folder / "nowhere/point.json"), "No such file or directory");
  EXPECT_EQ(flaw_of_output_file(folder / "file/point.json"), "Not a directory");
  EXPECT_EQ(flaw_of_output_file(folder), "Is a directory");
  EXPECT_EQ(flaw_of_output_file(folder / "new/"), "Is a directory");
  EXPECT_EQ(flaw_of_output_folder(folder / "file"), "Not a directory");
  EXPECT_EQ(flaw_of_output_folder(folder / "nowhere"), "No such file or directory");
}

// For root, only a file system may be unwritable.
TEST_F(output_file_test, a_folder_without_permission_is_none) {
  ASSERT_EQ(::chmod(folder.c_str(), 0500), 0);
  const bool root = ::geteuid() == 0;
  EXPECT_EQ(flaw_of_output_file(folder / "point.json"), root ? "" : "Permission denied");
  EXPECT_EQ(flaw_of_output_folder(folder), root ? "" : "Permission denied");
  ::chmod(folder.c_str(), 0700);
}

// Opening it would wait for a reader.
TEST_F(output_file_test, a_pipe_is_not_opened) {
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(flaw_of_output_file(pipe), "");
}

}  // namespace
}  // namespace tvl::load
