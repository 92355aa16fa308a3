#pragma once
// For tests only: tvl-suite as a program, with servers in Python as its contestants.

#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/processes/readiness.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/usage_error.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/inotify.h>

#include <algorithm>
#include <random>
#include <sstream>

namespace tvl::suite {

namespace bp = boost::process;

// Blocks until the file has this many lines; by inotify.
inline void wait_for_lines(const std::filesystem::path& file, long lines) {
  const int fd = inotify_init1(IN_CLOEXEC);
  std::filesystem::create_directories(file.parent_path());
  inotify_add_watch(fd, file.parent_path().c_str(), IN_MODIFY | IN_CREATE);
  for (;;) {
    const auto text = read_file(file);
    if (std::count(text.begin(), text.end(), '\n') >= lines) break;
    pollfd event{fd, POLLIN, 0};
    if (poll(&event, 1, 120'000) != 1) {  // ms; a sanitized suite on a busy machine is slow
      ADD_FAILURE() << file << " has not got " << lines << " lines in time";
      break;
    }
    char buffer[4096];
    if (read(fd, buffer, sizeof buffer) < 0) break;
  }
  close(fd);
}

// A server that the suite does not start. It answers when the constructor returns.
class foreign_server {
 public:
  explicit foreign_server(const temporary_folder& folder)
      : process(TVL_PYTHON, (folder / "servers/fake.py").string(), folder.path().string(), std::to_string(port), "ok",
                bp::std_out > bp::null) {
    while (process.running() && !ask(url + "/", std::chrono::seconds(2)).ready) usleep(10'000);
  }
  ~foreign_server() { process.terminate(); }

  const int port = unused_port();
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  bp::child process;
};

// What tvl-suite does without a subcommand.
inline int read_and_run(int argc, char** argv) {
  const auto settings = read_command_line(argc, argv);
  return settings ? run(*settings) : all_measured;
}

// The error of a command that is called in this process, which is cheaper than starting it; "no error" = none.
inline std::string command_error(int (*command)(int, char**), std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tvl-suite");
  std::vector<char*> argv;
  for (auto& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);
  try {
    command(static_cast<int>(arguments.size()), argv.data());
  } catch (const bad_input& error) {
    return error.what();
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

class suite_test : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("servers/fake.py", fake_server);
    contestant("right", "ok");
    workload("fast", "right", "connections = [1, 2]\nseconds = 0.2\nwarmup_s = 0.05\nrepetitions = 2\n");
  }
  void TearDown() override { EXPECT_TRUE(still_running(folder.path()).empty()); }

  void contestant(const std::string& name, const std::string& mode) const {
    folder.write("servers/" + name + ".toml", "name = '" + name +
                                                  "'\ntitle = 'a test'\nmodel = 'loop'\ncommand = ['" TVL_PYTHON
                                                  "', '{dir}/fake.py', '" +
                                                  folder.path().string() + "', '{port}', '" + mode +
                                                  "']\n[endpoints]\nplaintext = '/plaintext'\ndelay = '/delay/{ms}'\n");
  }
  void workload(const std::string& name, const std::string& contestants, const std::string& load) const {
    folder.write("workloads/" + name + ".toml",
                 "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['" + contestants + "']\n[load]\n" + load);
  }

  struct result {
    int code;
    std::string out, err;
  };
  std::vector<std::string> with_folders(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--servers", folder / "servers", "--workloads", folder / "workloads", "--output",
                                       folder / "run", "--shared-core", "--idle-wait", "0", "--controls", "1"});
    return arguments;
  }
  std::string refusal(const std::vector<std::string>& arguments) const {
    return command_error(read_and_run, with_folders(arguments));
  }
  result suite(const std::vector<std::string>& arguments) const { return program(with_folders(arguments)); }
  result program(const std::vector<std::string>& arguments) const {
    for (const auto* file : {"out", "err"}) std::filesystem::remove(folder / file);
    bp::child child(bp::exe = TVL_SUITE, bp::args = arguments, bp::std_out > (folder / "out").string(),
                    bp::std_err > (folder / "err").string());
    child.wait();
    return {child.exit_code(), read_file(folder / "out"), read_file(folder / "err")};
  }
  // Kills runs with SIGKILL, each within `latest_ms` after its environment is written; each is resumed then, and has
  // so many records. The environment variable TVL_KILLS says how many, e.g. 30.
  void kill_and_resume(int kills, std::size_t points, unsigned latest_ms) const {
    if (const char* asked = std::getenv("TVL_KILLS")) kills = std::stoi(asked);
    for (std::mt19937 random(20); kills > 0; --kills) {
      std::filesystem::remove_all(folder / "run");
      bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > bp::null, bp::std_err > bp::null);
      while (!std::filesystem::exists(folder / "run/environment.json") && child.running()) usleep(1000);
      usleep(static_cast<useconds_t>(random() % latest_ms) * 1000);
      kill(child.id(), SIGKILL);
      child.wait();
      const auto resumed = program({"--resume", folder / "run"});
      ASSERT_EQ(resumed.code, 0) << resumed.err;
      ASSERT_EQ(records().size(), points) << resumed.err;
      ASSERT_TRUE(still_running(folder.path()).empty());
      std::filesystem::remove(folder / "pids");  // in half an hour the kernel gives these to other processes
    }
  }
  std::vector<nlohmann::json> records() const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(read_file(folder / "run/points.jsonl"));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  temporary_folder folder;
};

}  // namespace tvl::suite
