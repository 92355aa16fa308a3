// Runs with user-supplied contestants.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <map>
#include <set>

namespace tvl::suite {
namespace {

class user_contestants_test : public suite_test {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    workload("fast", "right", "connections = [2]\nseconds = 0.2\nwarmup_s = 0\nrepetitions = 1\n");
    folder.write("workloads/waits.toml",
                 "question = 'How?'\nendpoint = 'delay'\nparameters = { ms = 20 }\ncontestants = ['right']\n"
                 "[load]\nconnections = [2]\nseconds = 0.2\nwarmup_s = 0\nrepetitions = 1\n");
  }
  std::string command(const std::string& mode, const std::string& port = "{port}") const {
    return std::string(TVL_PYTHON) + " " + (folder / "servers/fake.py").string() + " " + folder.path().string() + " " +
           port + " " + mode;
  }
  // A manifest of four lines.
  std::string file(const std::string& name, const std::string& mode) const {
    return folder.write(name + ".toml", "name = '" + name + "'\ncommand = ['" TVL_PYTHON "', '" +
                                            (folder / "servers/fake.py").string() + "', '" + folder.path().string() +
                                            "', '{port}', '" + mode +
                                            "']\n[endpoints]\nplaintext = '/hello'\ndelay = '/delay/{ms}'\n");
  }
  // The measured ones, as workload/contestant.
  std::set<std::string> measured() const {
    std::set<std::string> names;
    for (const auto& p : records()) {
      if (!p.contains("left_out"))
        names.insert(p.at("workload").get<std::string>() + "/" + p.at("contestant").get<std::string>());
    }
    return names;
  }
  nlohmann::json record_of(const std::string& contestant) const {
    for (const auto& p : records()) {
      if (p.at("contestant") == contestant) return p;
    }
    return nullptr;
  }
};

using names = std::set<std::string>;

TEST_F(user_contestants_test, are_measured_in_addition_to_the_workloads_contestants) {
  contestant("third", "ok");
  const auto port = std::to_string(unused_port());
  const auto r =
      suite({"--workload", "fast", "--contestant", file("mine", "ok"), "--contestant", folder / "servers/third.toml",
             "--contestant", "name=fixed;command=" + command("ok", port) + ";plaintext=/hello;port=" + port});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(measured(), (names{"fast/right", "fast/mine", "fast/third", "fast/fixed"}));
  const auto mine = record_of("mine");
  EXPECT_EQ(mine.at("contestant_kind"), "launch");
  const auto conditions = nlohmann::json::parse(read_file(folder / "run/environment.json"));
  EXPECT_EQ(conditions.at("contestants").at("mine").at("title"), "mine");
  const auto identity = conditions.at("contestants").at("mine").at("identity");
  EXPECT_EQ(identity.at("manifest").at("path"), (folder / "mine.toml").string());
  EXPECT_EQ(identity.at("program").at("sha256").get<std::string>().size(), 64U);
  EXPECT_EQ(identity.at("files").size(), 1U) << identity << "the script";
  EXPECT_EQ(conditions.at("workloads").at("fast").at("question"), "How?");
  EXPECT_EQ(mine.at("model"), "other");
  EXPECT_EQ(record_of("right").at("contestant_kind"), "launch");
  EXPECT_EQ(conditions.at("contestants").at("third").at("title"), "a test")
      << "a file of the catalogue is that contestant";
}

TEST_F(user_contestants_test, an_inline_one_is_measured_where_it_has_the_endpoint_with_the_named_contestants) {
  contestant("third", "ok");
  const auto r =
      suite({"--contestant", "third", "--contestant", "name=mine;command=" + command("ok") + ";plaintext=/hello"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(measured(), (names{"fast/third", "fast/mine"}));
}

// Its routes want a header, and one of them a method and a body.
constexpr char application[] = R"(
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.headers['Authorization'] != 'Bearer ' + os.environ['TOKEN']: return self.answer(401, b'who?')
        self.answer(200, b'{"order": 7}')
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        right = self.path == '/orders' and self.headers['Content-Type'] == 'application/json' and body == b'{"n": 1}'
        self.answer(201 if right else 400, b'')
    def log_message(self, *words): pass
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
)";

TEST_F(user_contestants_test, any_workload_is_put_on_a_route_of_an_application) {
  folder.write("app/written.py", application);
  const auto manifest = [&](const std::string& token) {
    return folder.write("mine.toml",
                        "name = 'mine'\nmodel = 'my own'\ncwd = 'app'\nbuild = ['cp', 'written.py', 'app.py']\n"
                        "command = ['" TVL_PYTHON
                        "', '-B', 'app.py']\nstart_timeout = '20s'\n"
                        "env = { PORT = '{port}', TOKEN = 'x' }\nheaders = { Authorization = 'Bearer " +
                            token +
                            "' }\n[endpoints.order]\npath = '/orders/7'\n"
                            "expect_body_matches = '\"order\": \\d+'\n[endpoints.add]\npath = '/orders'\n"
                            "method = 'POST'\nbody = '{\"n\": 1}'\nexpect_status = 201\nexpect_body = ''\n"
                            "headers = { Content-Type = 'application/json' }\n");
  };
  for (const std::string endpoint : {"order", "add"}) {
    std::filesystem::remove_all(folder / "run");
    const auto r =
        suite({"--workload", "fast", "--contestant", manifest("x"), "--endpoint", endpoint, "--seconds", "1"});
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(measured(), names{"fast/mine"}) << endpoint << r.err;
    const auto mine = record_of("mine");
    EXPECT_EQ(mine.at("endpoint"), endpoint);
    EXPECT_EQ(mine.at("model"), "my own");
    EXPECT_GT(mine.at("requests").at("ok").get<int>(), 0);
    EXPECT_EQ(mine.at("requests").at("status_errors"), 0);
    EXPECT_EQ(record_of("right").at("left_out").at("status"), "not offered");
    const auto conditions = nlohmann::json::parse(read_file(folder / "run/environment.json"));
    EXPECT_EQ(conditions.at("workloads").at("fast").at("question"), "On " + endpoint + " instead of plaintext: How?");
  }
  std::filesystem::remove_all(folder / "run");
  const auto wrong = suite({"--workload", "fast", "--contestant", manifest("y"), "--endpoint", "order"});
  EXPECT_EQ(wrong.code, 1) << wrong.err;
  EXPECT_EQ(
      record_of("mine").at("left_out").at("reason"),
      "mine answers wrongly: order: expected 2xx and a body with the pattern '\"order\": \\d+', got 401 without a "
      "type 'who?' (what is right: servers/outsiders/CONTRACT.md)");
}

TEST_F(user_contestants_test, with_a_pid_it_is_metered_and_keeps_running) {
  foreign_server theirs(folder);
  const auto r = suite(
      {"--url", theirs.url + "/hello", "--pid", std::to_string(theirs.process.id()), "--benchmark_filter=attached"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_TRUE(theirs.process.running());
  const auto p = record_of("attached");
  EXPECT_EQ(p.at("contestant_kind"), "attach");
  EXPECT_GT(p.at("server").at("cpu_us_per_request").get<double>(), 0);
  EXPECT_GT(p.at("server").at("rss_bytes").get<double>(), 0);
  EXPECT_TRUE(p.at("cpus").at("server").is_array());
  EXPECT_TRUE(p.at("server_counters").is_null());
}

TEST_F(user_contestants_test, without_a_pid_its_processes_are_found_by_the_port) {
  foreign_server theirs(folder);
  const auto r = suite({"--url", theirs.url, "--endpoint", "delay=/delay/{ms}", "--endpoint", "plaintext=/hello",
                        "--benchmark_filter=remote"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(measured(), (names{"fast/remote", "waits/remote"}));
  EXPECT_TRUE(theirs.process.running());
  const auto p = record_of("remote");
  EXPECT_EQ(p.at("contestant_kind"), "attach");
  EXPECT_GT(p.at("throughput").get<double>(), 0);
  EXPECT_GT(p.at("server").at("cpu_us_per_request").get<double>(), 0);
  EXPECT_TRUE(p.at("cpus").at("server").is_array());
}

TEST_F(user_contestants_test, with_the_pid_of_another_process_it_is_not_measured) {
  foreign_server theirs(folder);
  bp::child other("/bin/sleep", "60");
  const auto r =
      suite({"--url", theirs.url + "/hello", "--pid", std::to_string(other.id()), "--benchmark_filter=attached"});
  other.terminate();
  EXPECT_EQ(r.code, 1) << r.err;
  const auto why = record_of("attached").at("left_out").at("reason").get<std::string>();
  EXPECT_TRUE(why.starts_with("attached: process " + std::to_string(other.id()) + " (sleep) does not listen on "))
      << why;
}

TEST_F(user_contestants_test, one_that_cannot_be_measured_is_left_out_and_the_others_are_measured) {
  const auto inline_one = [](const std::string& name, const std::string& how) {
    return "name=" + name + ";command=" + how + ";plaintext=/hello;delay=/delay/{ms}";
  };
  std::vector<std::string> arguments = {"--workload", "fast", "--workload", "waits"};
  for (const auto& contestant :
       {folder.write("keyless.toml", "name = 'keyless'\n").string(),
        folder.write("misspelt.toml", "name = 'misspelt'\ncommand = ['x', '{prot}']\n").string(),
        inline_one("absent", (folder / "no-such-program").string() + " {port}"),
        inline_one("unbuilt", "{bin}/no-such {port}"), inline_one("ending", "sh -c 'echo why >&2; exit 3' {port}"),
        inline_one("background", "sh -c '\"$@\" & exit 0' sh " + command("ok")), file("wrong", "wrong"),
        file("early", "early"), file("forking", "forking")}) {
    arguments.insert(arguments.end(), {"--contestant", contestant});
  }
  const auto r = suite(arguments);
  EXPECT_EQ(r.code, 1) << r.err;
  std::map<std::string, std::string> reasons;
  for (const auto& p : records()) {
    if (!p.contains("left_out")) continue;
    const auto& why = p.at("left_out");
    const auto key = p.at("workload").get<std::string>() + "/" + p.at("contestant").get<std::string>();
    reasons[key] = why.at("status").get<std::string>() + ": " + why.at("reason").get<std::string>();
    EXPECT_EQ(reasons[key].find('\n'), std::string::npos) << reasons[key];
  }
  EXPECT_EQ(reasons["fast/keyless"], "failed: keyless.toml:1: missing key 'command'");
  EXPECT_EQ(reasons["fast/misspelt"],
            "failed: misspelt.toml:2: 'command' has an unknown placeholder 'prot' (nearest: port)");
  EXPECT_TRUE(reasons["fast/absent"].starts_with("failed: absent cannot start ")) << reasons["fast/absent"];
  EXPECT_EQ(reasons["fast/unbuilt"], "not installed: not built here");
  EXPECT_EQ(reasons["fast/ending"], "failed: ending ended with exit code 3; stderr: | why");
  EXPECT_TRUE(reasons["fast/wrong"].starts_with("failed: wrong answers wrongly: plaintext: expected "))
      << reasons["fast/wrong"];
  EXPECT_TRUE(reasons["waits/early"].starts_with("failed: early answers wrongly: delay")) << reasons["waits/early"];
  EXPECT_EQ(measured(), (names{"fast/right", "waits/right", "fast/early", "waits/wrong", "fast/forking",
                               "waits/forking", "fast/background", "waits/background"}))
      << r.err;
}

TEST_F(user_contestants_test, wrong_input_is_one_line) {
  const auto broken = folder.write("broken.toml", "name = 'broken'\n").string();
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--contestant", "/nowhere.toml"}, "there is no file /nowhere.toml"},
      {{"--contestant", broken}, "broken.toml:1: missing key 'command'"},
      {{"--contestant", "name=right;command=x"}, "there is another contestant 'right': give yours another name"},
      {{"--contestant", "name=mine;command=x;json=/json"}, "no workload asks for what mine offers"},
      {{"word"}, "unexpected argument 'word'"},
      {{"--only"}, "--only needs a --contestant or a --url"},
      {{"--baseline", "rihgt"}, "--baseline: unknown contestant 'rihgt' (nearest: right)"},
      {{"--quick=often"}, "--quick takes no value"},
      {{"--pid", "many"}, "--pid: 'many' is no process number"},
      {{"--pid", "0"}, "--pid: '0' is no process number"},
      {{"--pid", "7"}, "--pid needs --url, or one --contestant with a url"},
      {{"--endpoint", "json=/json"},
       "--endpoint NAME=/PATH needs --url; NAME alone asks for an endpoint of the contestants"},
      {{"--endpoint", "orders"}, "--endpoint: unknown endpoint 'orders' (known: delay, plaintext)"},
      {{"--endpoint", "delay", "--endpoint", "plaintext"},
       "--endpoint asks for one endpoint, not for delay and plaintext"},
      {{"--contestant", "name=mine;command=x;orders=/orders", "--contestant", "right", "--workload", "fast",
        "--endpoint", "ordres"},
       "--endpoint: unknown endpoint 'ordres' (nearest: orders)"},
      {{"--contestant", "name=mine;command=x;versus=rihgt"},
       "inline manifest 'mine': 'versus' names an unknown contestant 'rihgt' (nearest: right)"},
      {{"--url", "127.0.0.1:80"}, "--url is http://HOST:PORT[/PATH] or unix:/SOCKET[:/PATH], not '127.0.0.1:80'"},
      {{"--url", "http://127.0.0.1:80", "--endpoint", "plaintxt=/"},
       "--url: unknown key 'plaintxt' (nearest: plaintext) in [endpoints]"},
      {{"--url", "http://127.0.0.1:port/"}, "remote: 'port' is not a port from 1 to 65535 in 'http://127.0.0.1:port'"},
      {{"--url", "http://192.0.2.1:80/"},
       "remote is on another machine, 192.0.2.1: --allow-remote-host if you mean it"},
  };
  for (const auto& [arguments, said] : cases) {
    EXPECT_EQ(refusal(arguments), said);
  }
  EXPECT_EQ(program({"--contestant"}).err, "tvl-suite: --contestant takes one value\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(user_contestants_test, help_lists_the_subcommands_and_each_has_its_own) {
  const auto help = program({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const auto* name : {"validate", "doctor", "import"}) {
    EXPECT_NE(help.out.find("tvl-suite " + std::string(name)), help.out.npos) << help.out;
    const auto own = program({name, "--help"});
    EXPECT_EQ(own.code, 0) << own.err;
    EXPECT_NE(own.out.find(name), own.out.npos) << own.out;
  }
}

}  // namespace
}  // namespace tvl::suite
