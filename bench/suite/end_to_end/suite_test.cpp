// The program itself, with a server in Python as its contestant.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

#include <map>
#include <set>

namespace tvl::suite {
namespace {

TEST_F(suite_test, measures_reports_and_writes_down) {
  const auto r = suite({"--benchmark_out=" + (folder / "gb.json").string()});
  EXPECT_EQ(r.code, 0) << r.err;
  const auto points = records();
  ASSERT_EQ(points.size(), 4U);
  for (const auto& p : points) {
    EXPECT_EQ(p.at("contestant"), "right");
    EXPECT_GT(p.at("replies").get<int>(), 0);
    EXPECT_GT(p.at("server").at("cpu_us_per_request").get<double>(), 0);
    EXPECT_GT(p.at("server_counters").at("requests").get<int>(), 0);
  }
  EXPECT_NE(r.out.find("fast/right/1"), std::string::npos) << r.out;
  EXPECT_NE(r.err.find("[4/4] fast/right/2"), std::string::npos) << r.err;
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "run/environment.json")).at("schema"), 1);
  const auto report = nlohmann::json::parse(read_file(folder / "gb.json"));
  EXPECT_EQ(report.at("benchmarks").size(), 2U * (2 + 6));
}

TEST_F(suite_test, filters_repeats_and_lists_as_google_benchmark_does) {
  EXPECT_EQ(suite({"--benchmark_list_tests"}).out, "fast/right/1\nfast/right/2\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
  const auto r = suite({"--benchmark_filter=/2$", "--benchmark_repetitions=1"});
  EXPECT_EQ(r.code, 0) << r.err;
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].at("x"), 2);
}

TEST_F(suite_test, a_star_names_all_others) {
  contestant("another", "ok");
  contestant("zebra", "ok");
  workload("whole_field", "right', '*", "connections = 1\n");
  const auto listed = suite({"--benchmark_list_tests", "--workload", "whole_field"});
  EXPECT_EQ(listed.out,
            "whole_field/right/1\nwhole_field/right/1/control\nwhole_field/another/1\nwhole_field/zebra/1\n");
}

TEST_F(suite_test, sweeps_variables) {
  folder.write("servers/pool.toml",
               "name = 'pool'\ntitle = 'a test'\nmodel = 'pool'\ncommand = ['sh', '-c', '" +
                   std::string("echo {threads} >> {dir}/threads; exec " TVL_PYTHON " {dir}/fake.py ") +
                   folder.path().string() + " {port} ok']\n[defaults]\nthreads = 7\n" +
                   "[endpoints]\nplaintext = '/plaintext'\n");
  workload("fast", "right', 'pool",
           "connections = 2\nrate = ['saturation', 50]\nthreads = [1, 3]\nseconds = 0.2\nwarmup_s = 0\n"
           "repetitions = 1\n[chart]\nseries = 'threads'\npanels = ['cpu']\ncaption = 'a test'\n");
  EXPECT_EQ(suite({"--benchmark_list_tests"}).out,
            "fast/right/2/rate:saturation\nfast/right/2/rate:saturation/control\n"
            "fast/pool/2/rate:saturation/threads:1\nfast/pool/2/rate:saturation/threads:3\n"
            "fast/right/2/rate:50\nfast/right/2/rate:50/control\n"
            "fast/pool/2/rate:50/threads:1\nfast/pool/2/rate:50/threads:3\n");
  const auto r = suite({"--benchmark_filter=pool/2/rate:50/threads:3"});
  EXPECT_EQ(r.code, 0) << r.err;
  ASSERT_EQ(records().size(), 1U);
  const auto p = records()[0];
  EXPECT_EQ(p.at("plan").at("rate"), 50);
  EXPECT_EQ(p.at("series"), "threads:3");
  EXPECT_EQ(p.at("facet"), "rate:50");
  EXPECT_EQ(p.at("variables"), (nlohmann::json{{"connections", 2}, {"rate", 50}, {"threads", 3}}));
  EXPECT_EQ(p.at("block"), "fast/2/rate:50/threads:3");
  EXPECT_EQ(read_file(folder / "servers/threads"), "7\n3\n")
      << "its own number to be validated, the point's to be measured";
}

TEST_F(suite_test, counts_for_a_ceiling_what_all_processes_have_together) {
  for (const std::string model : {"prefork", "loops"}) {
    folder.write("servers/" + model + ".toml",
                 "name = '" + model + "'\ntitle = 'a test'\nmodel = '" + model +
                     "'\ncommand = ['sh', '-c', 'exec " TVL_PYTHON " {dir}/fake.py " + folder.path().string() +
                     " {port} ok', '{processes}', '{pool}', '{offload_threads}']\n" +
                     (model == "loops" ? "one_process = true\n" : "") + "[endpoints]\nplaintext = '/plaintext'\n");
  }
  workload("fast", "prefork', 'loops', 'right",
           "connections = 2\nrate = 50\nprocesses = 3\npool = 5\noffload_threads = 7\nseconds = 0.2\nwarmup_s = 0\n"
           "repetitions = 1\n[[ceiling]]\nlabel = 'pool'\nper = 'pool'\nrate = 1000\n"
           "[[ceiling]]\nlabel = 'executor'\nper = 'offload_thread'\nrate = 1000\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 0) << r.err;
  std::map<std::string, std::map<std::string, double>> found;
  for (const auto& p : records()) {
    auto& rates = found[p.at("contestant").get<std::string>()];
    for (const auto& top : p.at("ceilings")) rates[top.at("label").get<std::string>()] = top.at("rate").get<double>();
  }
  using rates = std::map<std::string, double>;
  EXPECT_EQ(found["prefork"], (rates{{"pool", 15'000}, {"executor", 21'000}}));
  EXPECT_EQ(found["loops"], (rates{{"pool", 15'000}, {"executor", 7000}})) << "its processes are loops of one process";
  EXPECT_EQ(found["right"], rates()) << "it takes neither";
}

TEST_F(suite_test, mixes_others_in_and_traces_its_own) {
  folder.write("workloads/mixed.toml",
               "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['right']\n[beside]\nendpoints = ['delay']\n"
               "parameters = { ms = 3 }\npercent = [0, 12.5]\n[load]\nconnections = 8\nrate = 400\nseconds = 0.5\n"
               "warmup_s = 0\nrepetitions = 1\ntrace_s = 0.1\n[chart]\nx = 'percent'\npanels = ['p99']\n"
               "caption = 'a test'\n");
  const auto r = suite({"--workload", "mixed"});
  EXPECT_EQ(r.code, 0) << r.err;
  const auto points = records();
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].at("x"), 0);
  EXPECT_EQ(points[0].at("targets"), nlohmann::json::array());
  const auto& p = points[1];
  EXPECT_EQ(p.at("x"), 12.5);
  EXPECT_EQ(p.at("load"), "12.5");
  EXPECT_EQ(p.at("path"), "/plaintext");
  ASSERT_EQ(p.at("targets").size(), 2U);
  EXPECT_EQ(p.at("targets")[0].at("path"), "/plaintext");
  EXPECT_EQ(p.at("targets")[0].at("weight"), 87.5);
  EXPECT_EQ(p.at("targets")[1].at("path"), "/delay/3");
  EXPECT_EQ(p.at("targets")[1].at("weight"), 12.5);
  EXPECT_GT(p.at("targets")[1].at("requests").at("ok"), 0);
  EXPECT_GE(p.at("targets")[1].at("latency").at("response").at("min"), 3000);
  EXPECT_EQ(p.at("trace").at("interval_s"), 0.1);
  EXPECT_EQ(p.at("trace").at("max_us").size(), 5U);
}

TEST_F(suite_test, wrong_others_are_left_out) {
  contestant("early", "early");
  folder.write("workloads/mixed.toml",
               "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['early']\n[beside]\nendpoints = ['delay']\n"
               "parameters = { ms = 300 }\npercent = 1\n[load]\nconnections = 1\nseconds = 0.1\nwarmup_s = 0\n"
               "repetitions = 1\n");
  EXPECT_EQ(suite({"--workload", "mixed"}).code, 1);
  ASSERT_EQ(records().size(), 1U);
  const std::string reason = records()[0].at("left_out").at("reason");
  EXPECT_TRUE(reason.starts_with("early answers wrongly: delay: expected a reply after ")) << reason;
}

TEST_F(suite_test, wrong_input_is_one_line_and_exit_2) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--workload", "fsat"}, "tvl-suite: unknown workload 'fsat' (nearest: fast)\n"},
      {{"--contestant", "rihgt"}, "tvl-suite: unknown contestant 'rihgt' (nearest: right)\n"},
      {{"--quik"}, "tvl-suite: unknown option '--quik' (nearest: --quick)\n"},
      {{"--benchmark_out=/nowhere/out.json"}, "tvl-suite: --benchmark_out: cannot write /nowhere/out.json\n"},
      {{"--server-cpus", "x"}, "tvl-suite: 'x' is not a list of cores such as 0 or 0,2-3\n"},
      {{"--seed", "-1"}, "tvl-suite: --seed is a whole number from 0 to 4294967295, not '-1'\n"},
      {{"--resume", "there"}, "tvl-suite: --resume goes on with what the run was begun with: no other flag\n"},
      {{"--benchmark_repetitions=0"}, "tvl-suite: --benchmark_repetitions is a whole number from 1 to 1000, not '0'\n"},
  };
  for (const auto& [arguments, said] : cases) {
    const auto r = suite(arguments);
    EXPECT_EQ(r.code, 2);
    EXPECT_EQ(r.err, said);
  }
  EXPECT_EQ(suite({"--benchmark_filter=nothing"}).code, 2);
  workload("fast", "right", "conections = [1]\n");
  EXPECT_EQ(suite({}).err, "tvl-suite: fast.toml:5: unknown key 'conections' (nearest: connections) in [load]\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(suite_test, one_core_is_refused_or_marked) {
  const std::vector<std::string> same = {"--server-cpus", "0", "--generator-cpus", "0", "--benchmark_filter=/1$"};
  EXPECT_EQ(suite(same).code, 0);
  for (const auto& p : records()) {
    const auto& reasons = p.at("verdict").at("reasons");
    EXPECT_EQ(std::ranges::count(reasons, "shared-core", [](const auto& r) { return r.at("code"); }), 1);
  }
  std::filesystem::remove_all(folder / "run");
  auto refused = with_folders(same);
  std::erase(refused, "--shared-core");
  bp::child child(bp::exe = TVL_SUITE, bp::args = refused, bp::std_out > bp::null,
                  bp::std_err > (folder / "refused").string());
  child.wait();
  EXPECT_EQ(child.exit_code(), 2);
  EXPECT_TRUE(read_file(folder / "refused")
                  .starts_with("tvl-suite: server (core 0) and generator (core 0) would share a core"));
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

// Runs a command that may not make one system call, as in a container: NUMBER COMMAND...
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

TEST_F(suite_test, where_no_core_may_be_chosen_nothing_begins) {
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
  const auto r = suite({});
  EXPECT_EQ(r.code, 2);
  EXPECT_NE(r.err.find("already holds a run"), std::string::npos) << r.err;
  EXPECT_EQ(read_file(folder / "run/points.jsonl"), "{}\n");
}

TEST_F(suite_test, who_fails_is_left_out_once_and_the_others_go_on) {
  contestant("wrong", "wrong");
  contestant("forking", "forking");
  contestant("dying", "dying");
  folder.write("servers/broken.toml", "name = ");
  workload("fast", "wrong', 'right', 'forking', 'dying', 'broken",
           "connections = [1]\nseconds = 0.5\nwarmup_s = 0\nrepetitions = 2\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 1) << r.err;
  int measured = 0;
  std::map<std::string, std::string> reasons;
  for (const auto& p : records()) {
    if (p.contains("left_out")) {
      EXPECT_FALSE(reasons.contains(p.at("contestant")));
      EXPECT_EQ(p.at("left_out").at("status"), "failed");
      reasons[p.at("contestant")] = p.at("left_out").at("reason");
    } else {
      EXPECT_EQ(p.at("contestant"), "right");
      ++measured;
    }
  }
  EXPECT_EQ(measured, 2);
  EXPECT_EQ(
      reasons["wrong"],
      "wrong answers wrongly: plaintext: expected 200 text/plain 'Hello, World!', got 200 text/plain 'Hello, World?'");
  EXPECT_EQ(reasons["dying"], "dying ended with exit code 7 (nothing on stderr)");
  EXPECT_TRUE(reasons["broken"].starts_with("broken.toml:1: ")) << reasons["broken"];
  EXPECT_EQ(reasons.size(), 4U);
  EXPECT_EQ(reasons["forking"], "forking ended and left 1 of its processes behind (now killed)");
}

TEST_F(suite_test, too_few_descriptors_end_the_contestants_line) {
  workload("fast", "right", "connections = [1, 900000, 950000]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 2\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 0) << r.err;
  std::vector<nlohmann::json> beyond;
  for (const auto& p : records()) {
    if (p.contains("left_out")) beyond.push_back(p);
  }
  ASSERT_EQ(beyond.size(), 1U);
  EXPECT_EQ(beyond[0].at("x"), 900000);
  EXPECT_EQ(beyond[0].at("load"), "900000");
  EXPECT_TRUE(beyond[0].at("facet").is_null());
  EXPECT_EQ(beyond[0].at("left_out").at("status"), "limit");
  EXPECT_NE(beyond[0].at("left_out").at("reason").get<std::string>().find("descriptors"), std::string::npos)
      << beyond[0].at("left_out");
  EXPECT_EQ(records().size(), 3U);
}

TEST_F(suite_test, lists_what_there_is_with_the_time_it_takes) {
  contestant("another", "ok");
  workload("pair", "right', 'another", "connections = [1, 2]\nseconds = 50\nwarmup_s = 9.0\nrepetitions = 5\n");
  const auto r = suite({"--list"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_NE(r.out.find("pair          30  29 min"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("together      34  29 min"), std::string::npos) << r.out;
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(suite_test, lists_the_programs_that_a_run_needs) {
  folder.write("servers/built.toml",
               "name = 'built'\ntitle = 'a test'\nmodel = 'pool'\ncommand = ['{bin}/asio_pool', '{port}']\n");
  workload("pair", "right', 'built", "connections = [1]\nseconds = 1\nwarmup_s = 0\nrepetitions = 1\n");
  EXPECT_EQ(suite({"--list-programs", "--workload", "pair"}).out, "asio_pool\ntvl-load\n");
  EXPECT_EQ(suite({"--list-programs", "--workload", "pair", "--contestant", "right"}).out, "tvl-load\n");
}

// Blocks until the file has this many lines; inotify, so that nothing is polled.
void wait_for_lines(const std::filesystem::path& file, long lines) {
  const int fd = inotify_init1(IN_CLOEXEC);
  std::filesystem::create_directories(file.parent_path());
  inotify_add_watch(fd, file.parent_path().c_str(), IN_MODIFY | IN_CREATE);
  for (;;) {
    const auto text = read_file(file);
    if (std::count(text.begin(), text.end(), '\n') >= lines) break;
    pollfd event{fd, POLLIN, 0};
    if (poll(&event, 1, 120'000) != 1) {  // ms; for a sanitized suite on a busy machine
      ADD_FAILURE() << file << " has not got " << lines << " lines in time";
      break;
    }
    char buffer[4096];
    if (read(fd, buffer, sizeof buffer) < 0) break;
  }
  close(fd);
}

TEST_F(suite_test, ctrl_c_keeps_what_was_measured_and_leaves_no_process) {
  workload("fast", "right", "connections = [1]\nseconds = 0.3\nwarmup_s = 0\nrepetitions = 100\n");
  bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > (folder / "out").string(),
                  bp::std_err > (folder / "err").string());
  wait_for_lines(folder / "run/points.jsonl", 2);
  kill(child.id(), SIGINT);
  child.wait();
  EXPECT_EQ(child.exit_code(), 130);
  EXPECT_GE(records().size(), 2U);
  EXPECT_LT(records().size(), 10U);
  const auto err = read_file(folder / "err");
  EXPECT_NE(err.find("stopped; " + std::to_string(records().size()) + " records kept in " +
                     (folder / "run/points.jsonl").string()),
            std::string::npos)
      << err;
}

TEST_F(suite_test, a_killed_suite_leaves_no_server) {
  workload("fast", "right", "connections = [1]\nseconds = 5\nwarmup_s = 0\nrepetitions = 1\n");
  bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > bp::null, bp::std_err > bp::null);
  wait_for_lines(folder / "pids", 1);
  kill(child.id(), SIGKILL);
  child.wait();
  for (const pid_t pid : still_running(folder.path())) {
    pollfd server{static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
    EXPECT_EQ(poll(&server, 1, 5000), 1);
    close(server.fd);
  }
}

// A run that ends in the middle, by this signal, and goes on.
class resume_run_test : public suite_test, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    contestant("another", "ok");
    workload("fast", "right', 'another", "connections = [1, 2]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 3\n");
  }
  void begin_and_end(int signal) const {
    bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({"--seed", "7"}), bp::std_out > bp::null,
                    bp::std_err > bp::null);
    wait_for_lines(folder / "run/points.jsonl", 4);
    kill(child.id(), signal);
    child.wait();
  }
  nlohmann::json environment_of_run() const {
    return nlohmann::json::parse(read_file(folder / "run/environment.json"));
  }
};

TEST_P(resume_run_test, goes_on_where_it_stopped) {
  begin_and_end(GetParam());
  const auto before = records();
  ASSERT_LT(before.size(), 18U);
  std::ofstream(folder / "run/points.jsonl", std::ios::app) << "{\"workload\": \"fa";
  const auto r = program({"--resume", folder / "run"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_NE(r.err.find("points are kept"), std::string::npos) << r.err;
  EXPECT_NE(r.err.find("is cut off"), std::string::npos) << r.err;
  const auto after = records();
  EXPECT_EQ(after.size(), 18U);
  std::set<std::string> names;
  std::map<std::string, std::string> seeds;  // load and repetition -> seed
  for (const auto& p : after) {
    const auto place = p.at("load").get<std::string>() + p.at("repetition").dump();
    names.insert(place + p.at("contestant").dump() + p.at("control").dump());
    EXPECT_EQ(seeds.emplace(place, p.at("plan").at("seed").dump()).first->second, p.at("plan").at("seed").dump());
  }
  EXPECT_EQ(names.size(), 18U) << "each once";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(after[i], before[i]) << "the first repetition was complete";
  EXPECT_EQ(environment_of_run().at("seed"), 7);
  EXPECT_EQ(environment_of_run().at("run").at("points"), 18);
  EXPECT_EQ(environment_of_run().at("resumed").size(), 1U);
  const auto again = program({"--resume", folder / "run"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(records(), after) << "nothing was left to do";
}

INSTANTIATE_TEST_SUITE_P(signals, resume_run_test, testing::Values(SIGINT, SIGKILL),
                         [](const auto& signal) { return signal.param == SIGINT ? "ctrl_c" : "killed"; });

TEST_F(resume_run_test, of_another_selection_is_refused) {
  begin_and_end(SIGINT);
  const auto before = read_file(folder / "run/points.jsonl");
  workload("fast", "right', 'another", "connections = [1, 4]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 3\n");
  const auto r = program({"--resume", folder / "run"});
  EXPECT_EQ(r.code, 2);
  EXPECT_NE(r.err.find("not those any more that the run was begun with"), std::string::npos) << r.err;
  EXPECT_EQ(read_file(folder / "run/points.jsonl"), before);
}

TEST_F(suite_test, a_full_disk_is_told_and_leaves_what_was_measured) {
  workload("fast", "right", "connections = [1]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 100\n");
  std::string command = "ulimit -f 64; exec " TVL_SUITE;
  for (const auto& word : with_folders({})) command += " '" + word + "'";
  bp::child child("/bin/sh", "-c", command, bp::std_out > bp::null, bp::std_err > (folder / "err").string());
  child.wait();
  EXPECT_EQ(child.exit_code(), 1);
  const auto kept = records().size();
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, 100U);
  EXPECT_TRUE(read_file(folder / "err")
                  .ends_with("tvl-suite: " + (folder / "run/points.jsonl").string() + ": a record cannot be written, " +
                             std::to_string(kept) + " are kept: File too large\n"))
      << read_file(folder / "err");
}

TEST_F(suite_test, each_point_has_a_server_of_its_own) {
  EXPECT_EQ(suite({}).code, 0);
  std::istringstream pids(read_file(folder / "pids"));
  std::set<std::string> servers;
  for (std::string pid; std::getline(pids, pid);) servers.insert(pid);
  EXPECT_EQ(servers.size(), records().size() + 1) << "and its answers were checked on one more";
}

}  // namespace
}  // namespace tvl::suite
