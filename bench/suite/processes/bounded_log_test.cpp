#include "bench/suite/processes/bounded_log.hpp"

#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(bounded_log, short_output_is_kept_whole) {
  const temporary_folder folder;
  bounded_log log(folder / "log", 4);
  log.add("abc");
  EXPECT_EQ(read_file(folder / "log"), "abc") << "at once";
  log.add("defgh");
  EXPECT_EQ(log.text(), "abcdefgh");
  log.finish();
  EXPECT_EQ(read_file(folder / "log"), "abcdefgh");
}

TEST(bounded_log, long_output_has_its_first_and_last_part) {
  const temporary_folder folder;
  bounded_log log(folder / "log", 4);
  for (int i = 0; i < 1000; ++i) log.add("0123456789");
  log.add("end.");
  EXPECT_EQ(log.text(), "0123\n[9996 bytes left out]\nend.");
  log.finish();
  EXPECT_EQ(read_file(folder / "log"), log.text());
}

TEST(bounded_log, the_next_launch_appends) {
  const temporary_folder folder;
  for (const char* text : {"one\n", "two\n"}) {
    bounded_log log(folder / "log");
    log.add(text);
    EXPECT_EQ(log.text(), text);
    log.finish();
  }
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\n");
}

TEST(bounded_log, a_large_file_of_earlier_launches_does_not_grow) {
  const temporary_folder folder;
  folder.write("log", std::string(bounded_log::most_file_bytes, '.'));
  bounded_log log(folder / "log");
  log.add("more");
  log.finish();
  EXPECT_EQ(std::filesystem::file_size(folder / "log"), bounded_log::most_file_bytes);
  EXPECT_EQ(log.text(), "more");
}

}  // namespace
}  // namespace tvl::suite
