#include "bench/suite/profiling/point_profile.hpp"

#include "bench/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// A process that uses one core until it is ended.
class busy_process {
 public:
  explicit busy_process(int cpu) : pid_(fork()) {
    if (pid_ != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    for (volatile unsigned n = 0;;) n = n + 1;
  }
  ~busy_process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(PointProfile, HasTheServersStacksOfTheWindow) {
  const int cpu = sched_getcpu();
  if (const auto why = why_not_profiled({cpu}); !why.empty()) GTEST_SKIP() << why;
  const scratch_folder folder("profile");
  const busy_process server(cpu);
  const load::meter meter(server.pid());
  point_profile profile(folder.path(), {cpu}, {});
  std::this_thread::sleep_for(300ms);
  const auto begin = meter.read();
  std::this_thread::sleep_for(600ms);
  const auto end = meter.read();
  std::this_thread::sleep_for(300ms);
  profile.metered(begin, end);
  const auto found = profile.finish("busy");
  ASSERT_EQ(found.at("file"), "busy.folded") << found;
  const auto samples = found.at("samples").get<double>();
  const auto cpu_s = static_cast<double>(*end.cpu_ns - *begin.cpu_ns) / 1e9;
  EXPECT_NEAR(samples / perf_recording::hz, cpu_s, 0.25 * cpu_s + 0.03);
  EXPECT_FALSE(contents(folder.path() / "busy.folded").empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "perf.data"));
}

TEST(PointProfile, SaysWhyThereIsNone) {
  const scratch_folder folder("profile");
  const auto unknown = point_profile(folder.path(), {}, {}).finish("a");
  EXPECT_TRUE(unknown.at("file").is_null());
  EXPECT_EQ(unknown.at("missing"), nlohmann::json::array({"the server's cores are unknown"}));
  const int cpu = sched_getcpu();
  if (!why_not_profiled({cpu}).empty()) return;
  EXPECT_EQ(point_profile(folder.path(), {cpu}, {}).finish("b").at("missing"),
            nlohmann::json::array({"the server was not metered"}));
}

TEST(WhyNotProfiled, IsOneLine) {
  const auto why = why_not_profiled({100'000});  // no such core
  EXPECT_FALSE(why.empty());
  EXPECT_EQ(why.find('\n'), why.npos) << why;
}

}  // namespace
}  // namespace tvl::suite
