#include "servers/upstream/certificates.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tvl::upstream {
namespace {

namespace fs = std::filesystem;

class Certificates : public testing::Test {
 protected:
  void SetUp() override {
    auto path = (fs::temp_directory_path() / "tvl-certificates.XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(path.data()));
    path_ = path;
  }
  void TearDown() override { fs::remove_all(path_); }

  certificate_files make(certificate_flaw flaw = certificate_flaw::none) const {
    return certificate_folder(path_).files("127.0.0.1", flaw);
  }
  static std::string text(const fs::path& file) {
    std::ostringstream result;
    result << std::ifstream(file).rdbuf();
    return result.str();
  }

  fs::path path_;
};

TEST_F(Certificates, KeyIsForItsOwnerAlone) {
  const auto files = make();
  struct stat info {};
  ASSERT_EQ(::stat(files.key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  EXPECT_EQ(text(files.ca).find("PRIVATE"), std::string::npos);
  EXPECT_NE(make_tls_context(files), nullptr);
}

TEST_F(Certificates, StayWhereTheyAre) {
  const auto before = text(make().ca);
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(text(make().ca), before);
}

TEST_F(Certificates, AreOthersAtEveryStartElsewhere) {
  const certificate_folder one(""), two("");
  EXPECT_NE(text(one.files("127.0.0.1", certificate_flaw::none).ca),
            text(two.files("127.0.0.1", certificate_flaw::none).ca));
}

TEST_F(Certificates, TemporaryFolderGoes) {
  fs::path where;
  {
    const certificate_folder folder("");
    where = folder.files("127.0.0.1", certificate_flaw::none).ca.parent_path();
    EXPECT_TRUE(fs::exists(where));
  }
  EXPECT_FALSE(fs::exists(where));
}

TEST_F(Certificates, NothingIsOverwritten) {
  const auto files = make();
  EXPECT_THROW(make(certificate_flaw::expired), std::runtime_error);
  fs::remove(files.key);
  EXPECT_THROW(make(), std::runtime_error);
}

TEST_F(Certificates, RefusesFilesThatAreNone) {
  const auto files = make();
  std::ofstream(files.certificate) << "nonsense";
  EXPECT_THROW(make_tls_context(files), std::runtime_error);
}

TEST_F(Certificates, RefusesAnothersKey) {
  const auto files = make();
  const certificate_folder other("");
  fs::copy_file(other.files("127.0.0.1", certificate_flaw::none).key, files.key, fs::copy_options::overwrite_existing);
  EXPECT_THROW(make_tls_context(files), std::runtime_error);
}

TEST_F(Certificates, RefusesAPlaceThatIsNoFolder) {
  std::ofstream(path_ / "file") << "x";
  EXPECT_THROW(certificate_folder(path_ / "file" / "below"), std::runtime_error);
}

}  // namespace
}  // namespace tvl::upstream
