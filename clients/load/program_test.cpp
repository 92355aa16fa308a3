// tvl-load as a program: its files and exit codes.

#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace tvl::load {
namespace {

using nlohmann::json;

class program_test : public testing::Test {
 protected:
  program_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tvl-program-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~program_test() override { std::filesystem::remove_all(folder); }

  struct result {
    int code = 0;
    std::string out, err;
  };
  // `words` as for a shell.
  result load(const std::string& words) const {
    const auto out = folder / "out", err = folder / "err";
    const std::string command = std::string(TVL_LOAD) + " " + words + " 2>" + err.string() + " >" + out.string();
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of(out), text_of(err)};
  }
  // Of a short run.
  result load_shortly(const std::string& words) const {
    return load(server.url("/constant/100") + " --seconds 50ms --warmup 0 " + words);
  }
  static std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  std::filesystem::path folder;
  reference_server server;
};

TEST_F(program_test, what_a_full_disk_does_not_take_goes_to_stdout) {
  const auto r = load_shortly("--json /dev/full");
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.err,
            "tvl-load: cannot write /dev/full: No space left on device; what was to be written goes to stdout\n");
  const auto begin = r.out.find("\n{");
  ASSERT_NE(begin, std::string::npos) << r.out;
  EXPECT_TRUE(json::parse(r.out.substr(begin)).contains("replies"));
}

TEST_F(program_test, one_file_that_cannot_be_written_leaves_the_other) {
  const auto other = (folder / "percentiles").string();
  EXPECT_EQ(load_shortly("--json /dev/full --hgrm " + other).code, 2);
  EXPECT_NE(text_of(other).find("Percentile"), std::string::npos);
}

TEST_F(program_test, a_stdout_that_cannot_be_written_is_an_error) {
  const std::string command = std::string(TVL_LOAD) + " " + server.url("/constant/100") +
                              " --seconds 50ms --warmup 0 >/dev/full 2>" + (folder / "err").string();
  const int status = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_EQ(text_of(folder / "err"), "tvl-load: cannot write to stdout\n");
}

TEST_F(program_test, bytes_that_are_not_utf8_lose_nothing) {
  const auto file = (folder / "point.json").string();
  for (const auto* processes : {"1", "2"}) {
    const auto r =
        load_shortly("-c 2 -H \"A: $(printf '\\351')\" --json " + file + " --processes " + std::string(processes));
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_TRUE(json::parse(text_of(file)).contains("replies")) << processes;
  }
}

TEST_F(program_test, wrong_input_is_two_and_one_line) {
  const auto r = load("");
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.err, "tvl-load: no URL given, see --help\n");
}

// tvl-load in a process group of its own, as a shell starts it: Ctrl-C reaches the generator processes, too.
pid_t start_in_group(const std::vector<std::string>& words, const std::filesystem::path& output) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv(TVL_LOAD, argv.data());
    ::_exit(127);
  }
  ::setpgid(pid, pid);
  ::close(out);
  return pid;
}

// Whether the process has blocked SIGINT, which it then waits for.
bool listens(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("SigBlk:")) return (std::stoull(line.substr(7), nullptr, 16) & 1u << (SIGINT - 1)) != 0;
  return false;
}

// At any moment: at some of these, the generator processes have not started yet.
TEST_F(program_test, several_processes_that_are_interrupted_end_with_130_and_their_point) {
  const auto file = folder / "point.json";
  for (const int ms : {0, 30, 60, 120, 400}) {
    std::filesystem::remove(file);
    const auto pid = start_in_group({"tvl-load", server.url("/constant/1000"), "-c", "6", "--processes", "3",
                                     "--seconds", "10m", "--json", file.string()},
                                    folder / "said");
    int status = 0;
    while (!listens(pid)) ASSERT_EQ(::waitpid(pid, &status, WNOHANG), 0) << text_of(folder / "said");
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    ::kill(-pid, SIGINT);
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFEXITED(status)) << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 130) << ms << " ms: " << text_of(folder / "said");
    EXPECT_EQ(json::parse(text_of(file))["interrupted"], true) << ms;
  }
}

}  // namespace
}  // namespace tvl::load
