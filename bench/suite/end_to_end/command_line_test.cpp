// Lists and wrong input: nothing is measured.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <sys/syscall.h>

namespace tvl::suite {
namespace {

TEST_F(suite_test, wrong_input_is_one_line_and_exit_2) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--workload", "fsat"}, "unknown workload 'fsat' (nearest: fast)"},
      {{"--contestant", "rihgt"}, "unknown contestant 'rihgt' (nearest: right)"},
      {{"--quik"}, "unknown option '--quik' (nearest: --quick)"},
      {{"--benchmark_out=/nowhere/out.json"},
       "--benchmark_out: cannot write /nowhere/out.json: No such file or directory"},
      {{"--server-cpus", "x"}, "'x' is not a list of cores such as 0 or 0,2-3"},
      {{"--seed", "-1"}, "--seed is a whole number from 0 to 4294967295, not '-1'"},
      {{"--resume", "there"},
       "--resume goes on with what the run was begun with: no other flag than --more and --passes"},
      {{"--benchmark_repetitions=0"}, "--benchmark_repetitions is a whole number from 1 to 1000, not '0'"},
  };
  for (const auto& [arguments, said] : cases) {
    EXPECT_EQ(refusal(arguments), said);
  }
  const auto seconds = refusal({"--seconds", "5x"});
  EXPECT_TRUE(seconds.starts_with("--seconds: '5x' is not a duration from 10ms to 168h")) << seconds;
  const auto flag = refusal({"--benchmark_fliter=x"});
  EXPECT_TRUE(flag.starts_with("--benchmark_fliter is not a flag of Google Benchmark")) << flag;
  EXPECT_EQ(suite({"--benchmark_filter=nothing"}).code, 2);
  workload("fast", "right", "conections = [1]\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.err, "tvl-suite: fast.toml:5: unknown key 'conections' (nearest: connections) in [load]\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(suite_test, one_core_for_server_and_generator_is_refused) {
  auto arguments = with_folders({"--server-cpus", "0", "--generator-cpus", "0"});
  std::erase(arguments, "--shared-core");
  const auto error = command_error(read_and_run, arguments);
  EXPECT_TRUE(error.starts_with("server (core 0) and generator (core 0) would share a core")) << error;
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

// Runs a command with one forbidden system call, as in a container: NUMBER COMMAND...
constexpr char without_a_call[] = R"(
import ctypes, os, struct, sys
program = b''.join(struct.pack('HBBI', *line) for line in (
    (0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000)))
code = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]
libc = ctypes.CDLL(None)
no_new_privileges, seccomp, by_filter = 38, 22, 2
assert libc.prctl(no_new_privileges, 1, 0, 0, 0) == 0
assert libc.prctl(seccomp, by_filter, ctypes.byref(Filter(4, ctypes.addressof(code))), 0, 0) == 0
os.execv(sys.argv[2], sys.argv[2:])
)";

TEST_F(suite_test, without_permission_to_choose_cores_nothing_starts) {
  std::vector<std::string> arguments = {"-c", without_a_call, std::to_string(SYS_sched_setaffinity), TVL_SUITE};
  for (const auto& argument : with_folders({})) arguments.push_back(argument);
  bp::child child(bp::exe = TVL_PYTHON, bp::args = arguments, bp::std_out > bp::null,
                  bp::std_err > (folder / "err").string());
  child.wait();
  EXPECT_EQ(child.exit_code(), 2);
  EXPECT_EQ(read_file(folder / "err"),
            "tvl-suite: cannot choose the core that a process runs on, which measuring needs (sched_setaffinity): "
            "Operation not permitted\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(suite_test, does_not_mix_runs) {
  folder.write("run/points.jsonl", "{}\n");
  const auto error = refusal({});
  EXPECT_NE(error.find("already holds a run"), std::string::npos) << error;
  EXPECT_EQ(read_file(folder / "run/points.jsonl"), "{}\n");
}

TEST_F(suite_test, lists_workloads_with_their_duration) {
  contestant("another", "ok");
  workload("pair", "right', 'another", "connections = [1, 2]\nseconds = 50\nwarmup_s = 9.0\nrepetitions = 5\n");
  const auto r = suite({"--list"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_NE(r.out.find("pair          25  24 min"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("together      29  24 min"), std::string::npos) << r.out;
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(suite_test, lists_the_programs_that_a_run_needs) {
  folder.write("servers/built.toml",
               "name = 'built'\ntitle = 'a test'\nmodel = 'pool'\ncommand = ['{bin}/asio_pool', '{port}']\n");
  workload("pair", "right', 'built", "connections = [1]\nseconds = 1\nwarmup_s = 0\nrepetitions = 1\n");
  EXPECT_EQ(suite({"--list-programs", "--workload", "pair"}).out, "asio_pool\ntvl-load\n");
  EXPECT_EQ(suite({"--list-programs", "--workload", "pair", "--contestant", "right"}).out, "tvl-load\n");
}

}  // namespace
}  // namespace tvl::suite
