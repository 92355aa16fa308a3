#include "bench/suite/output/file_hash.hpp"

#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(file_hash, is_the_sha_256_of_the_bytes) {
  const temporary_folder folder;
  EXPECT_EQ(sha256_of(folder.write("abc", "abc")),  // the example of FIPS 180-4
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of(folder.write("empty", "")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_NE(sha256_of(folder.write("long", std::string(1 << 17, 'a'))),
            sha256_of(folder.write("longer", std::string((1 << 17) + 1, 'a'))));
}

TEST(file_hash, of_what_is_no_readable_file_is_absent) {
  const temporary_folder folder;
  EXPECT_EQ(sha256_of(folder / "nowhere"), std::nullopt);
  EXPECT_EQ(sha256_of(folder.path()), std::nullopt);
  EXPECT_EQ(sha256_of("/dev/zero"), std::nullopt);
  std::filesystem::resize_file(folder.write("large", ""), largest_hashed + 1);  // sparse
  EXPECT_EQ(sha256_of(folder / "large"), std::nullopt);
}

}  // namespace
}  // namespace tvl::suite
