// Hosts that lack something: space, the right to write, /proc, a clock that was set.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <sched.h>
#include <sys/mount.h>

namespace tvl::suite {
namespace {

// A mount that only this process and its children see; it ends with the object. `made` is false without the right to.
class own_mount {
 public:
  own_mount(std::filesystem::path at, const char* options, unsigned long flags = 0) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    made = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("none", at_.c_str(), "tmpfs", flags, options) == 0;
  }
  ~own_mount() {
    if (made) ::umount2(at_.c_str(), MNT_DETACH);
  }
  own_mount(const own_mount&) = delete;
  own_mount& operator=(const own_mount&) = delete;

  bool made = false;

 private:
  std::filesystem::path at_;
};

class small_host_test : public suite_test {
 protected:
  // With `preparation` before the command, in a shell.
  result suite_after(const std::string& preparation) const {
    std::string script = preparation + "; exec " TVL_SUITE;
    for (const auto& word : with_folders({})) script += " '" + word + "'";
    bp::child child("/bin/sh", "-c", script, bp::std_out > (folder / "out").string(),
                    bp::std_err > (folder / "err").string());
    child.wait();
    return {child.exit_code(), read_file(folder / "out"), read_file(folder / "err")};
  }
};

TEST_F(small_host_test, a_full_file_system_keeps_what_it_took) {
  workload("fast", "right", "connections = [1]\nseconds = 0.05\nwarmup_s = 0\nrepetitions = 100\n");
  const own_mount small(folder / "run", "size=64k");
  if (!small.made) GTEST_SKIP() << "no right to mount";
  const auto r = suite({});
  EXPECT_EQ(r.code, 2);
  const auto kept = records().size();  // each a whole line
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, 100U);
  EXPECT_TRUE(
      r.err.ends_with(": a record cannot be written, " + std::to_string(kept) + " are kept: No space left on device\n"))
      << r.err;
}

TEST_F(small_host_test, a_read_only_file_system_is_named_before_anything_is_measured) {
  const own_mount fixed(folder / "run", "", MS_RDONLY);
  if (!fixed.made) GTEST_SKIP() << "no right to mount";
  const auto r = suite({});
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(std::ranges::count(r.err, '\n'), 1) << r.err;
  EXPECT_NE(r.err.find("Read-only file system"), r.err.npos) << r.err;
}

TEST_F(small_host_test, without_proc_it_says_so_and_measures_nothing) {
  const own_mount hidden("/proc", "size=4k");
  if (!hidden.made) GTEST_SKIP() << "no right to mount";
  const auto r = suite({});
  EXPECT_NE(r.code, 0) << "2, and 1 with LeakSanitizer, which cannot read /proc either";
  EXPECT_NE(r.err.find("tvl-suite: /proc/self/exe cannot be read: No such file or directory\n"), r.err.npos) << r.err;
}

TEST_F(small_host_test, a_clock_in_1971_changes_dates_and_no_figure) {
  const auto r = suite_after("export LD_PRELOAD=" TVL_CLOCK_OF_1971 " ASAN_OPTIONS=verify_asan_link_order=0");
  EXPECT_EQ(r.code, 0) << r.err;
  ASSERT_EQ(records().size(), 4U);
  for (const auto& p : records()) {
    EXPECT_TRUE(p.at("started").get<std::string>().starts_with("1971-")) << p.at("started");
    EXPECT_GT(p.at("throughput"), 0);
    EXPECT_NEAR(p.at("window_s").get<double>(), 0.2, 0.1);
  }
}

}  // namespace
}  // namespace tvl::suite
