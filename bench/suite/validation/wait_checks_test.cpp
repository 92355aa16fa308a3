#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/suite/validation/validate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>

namespace tvl::suite {
namespace {

// Answers the endpoints of wait_checks without services: PORT. The first part of a path is the fault.
constexpr char fake[] = R"(
import http.server, itertools, json, sys, time, urllib.parse
port = int(sys.argv[1])

def letters():
    x = 1
    for _ in range(65521):
        x = x * 48271 % 2147483647
        yield 97 + (x >> 8) % 26
PERIOD = bytes(letters())

def value(key): return f'value of {key} '.ljust(100, '.')
def row(number): return {'id': number, 'name': f'item {number}', 'price': number * 37 % 10000 / 100}

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True  # header and body are written apart
    def log_message(self, *_): pass

    def say(self, body, status=200, kind='application/json'):
        body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        _, fault, what, *rest = urllib.parse.unquote(url.path).split('/')
        self.fault = fault
        self.ms = int(self.query.get('ms', 0)) / 1000 * (0 if fault == 'early' else 1.02)
        getattr(self, what)(*rest)

    def plaintext(self): self.say('Hello, World!', kind='text/plain')

    def fetch(self):
        n, gather = int(self.query['n']), self.query['order'] == 'gather'
        time.sleep(self.ms * (1 if gather and self.fault != 'never at once' or self.fault == 'always at once' else n))
        self.say({'calls': n + (self.fault == 'calls'), 'bytes': 13 * n - (self.fault == 'bytes')})

    def cache(self, key):
        if key.startswith('key:') or self.fault == 'miss': self.say(value('key:x' if self.fault == 'value' else key))
        else: self.say('cache: no such key', 404)

    def db(self, number):
        time.sleep(self.ms)
        if int(number) <= 10000: self.say({**row(int(number)), **({'price': '1'} if self.fault == 'row' else {})})
        else: self.say({} if self.fault == 'miss' else 'no such row', 200 if self.fault == 'miss' else 404)

    def token(self): self.say({'active': self.fault != 'inactive'})

    def object(self, name):
        size = 1024 if name == 'small' else int(name.removesuffix('B'))
        body = bytearray((PERIOD * (size // len(PERIOD) + 1))[:size])
        if self.fault == 'byte': body[1200000] ^= 1
        if self.fault == 'short': del body[-1]
        if self.fault == 'lost piece': del body[65536:65636]
        if self.fault == 'long': body += b'x'
        self.say(bytes(body), kind='application/octet-stream')

    def run(self):
        command = self.query['command']
        if command == 'sleep':
            time.sleep(self.ms)
            return self.say(f"slept {int(self.query['ms']) + (self.fault == 'output')} ms\n", kind='text/plain')
        if command == 'fail' and self.fault != 'failure': return self.say('ended with status 1', 502)
        self.say('hello' if self.fault == 'output' else 'hello from a subprocess\n', kind='text/plain')

    def stream(self, n):
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        whole = b''
        for i in range(int(n)):
            time.sleep(self.ms)
            piece = b'chunk %d\n' % (i + (self.fault == 'count'))
            piece = b'%x\r\n%s\r\n' % (len(piece), piece)
            if self.fault == 'held back': whole += piece
            else: self.wfile.write(piece)
        self.wfile.write(whole + b'0\r\n\r\n')

    def services(self):
        parts = {'token': {'active': True}, 'cache': value('key:1'), 'db': row(1), 'api': {'answer': 42},
                 'object_bytes': 1024}
        if self.fault in parts: del parts[self.fault]
        if self.fault.startswith('other '): parts[self.fault.removeprefix('other ')] = {'active': False}
        self.say(parts)

server = http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler)
server.daemon_threads = True
server.serve_forever()
)";

class wait_checks_test : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder.emplace();
    folder->write("fake.py", fake);
    launch l;
    l.name = "fake";
    l.command = {TVL_PYTHON, *folder / "fake.py", "{port}"};
    l.probe = "/none/plaintext";
    l.logs = *folder / "logs";
    server.emplace(l);
  }
  static void TearDownTestSuite() {
    server.reset();
    folder.reset();
  }

  // The checks of the endpoint by name, without those of connections.
  std::map<std::string, check> run_checks(const std::string& endpoint, const std::string& fault, bool known = true) {
    validation_spec spec{server->url("/" + std::regex_replace(fault, std::regex(" "), "%20")),
                         all_endpoints(),
                         {endpoint},
                         {{"order", "serial"}},
                         7};
    if (fault == "early" || fault == "always at once") take_two_seconds(spec);
    if (known) spec.known = {"redis", "postgres", "upstream"};
    std::map<std::string, check> named;
    for (const auto& c : validate(spec)) {
      if (c.endpoint != "keep-alive" && c.endpoint != "connection: close") named[c.endpoint] = c;
    }
    return named;
  }
  // The names of failed checks.
  std::vector<std::string> caught(const std::string& endpoint, const std::string& fault, bool known = true) {
    std::vector<std::string> names;
    for (const auto& [name, c] : run_checks(endpoint, fault, known)) {
      if (c.result != finding::pass) names.push_back(name);
    }
    return names;
  }

 private:
  // A busy machine cannot delay an early reply by so much. The time of /db is checked only if its path has the
  // placeholder.
  static void take_two_seconds(validation_spec& spec) {
    spec.parameters["ms"] = "2000";
    for (auto& [endpoint, path] : spec.offered) {
      if (endpoint == "db") continue;
      path = fill(
          path, [](const std::string& key) { return key == "ms" ? std::optional<std::string>("2000") : std::nullopt; });
    }
  }

  static inline std::optional<temporary_folder> folder;
  static inline std::optional<launched_server> server;  // one for all tests: it takes longer to start than to ask
};

using names = std::vector<std::string>;

TEST_F(wait_checks_test, passes_a_right_server) {
  const std::map<std::string, names> expected = {{"fetch", {"fetch", "fetch gather"}},
                                                 {"cache", {"cache", "cache miss"}},
                                                 {"db", {"db", "db miss"}},
                                                 {"token", {"token"}},
                                                 {"object", {"object"}},
                                                 {"run", {"run", "run fail", "run sleep"}},
                                                 {"stream", {"stream"}},
                                                 {"services", {"services", "services gather"}}};
  for (const auto& [endpoint, all] : expected) {
    for (const bool known : {true, false}) {
      names found;
      for (const auto& [name, c] : run_checks(endpoint, "none", known)) {
        found.push_back(name);
        EXPECT_EQ(c.result, finding::pass) << name << ": expected " << c.expected << ", got " << c.got;
      }
      EXPECT_EQ(found, all);
    }
  }
}

TEST_F(wait_checks_test, fetch_takes_the_sum_or_the_longest) {
  EXPECT_EQ(caught("fetch", "early"), (names{"fetch", "fetch gather"}));
  EXPECT_EQ(caught("fetch", "never at once"), (names{"fetch gather"}));
  EXPECT_EQ(caught("fetch", "always at once"), (names{"fetch"}));
  EXPECT_EQ(caught("fetch", "calls"), (names{"fetch", "fetch gather"}));
  EXPECT_EQ(caught("fetch", "bytes"), (names{"fetch", "fetch gather"}));
}

TEST_F(wait_checks_test, stores_return_their_contents) {
  EXPECT_EQ(caught("cache", "value"), (names{"cache"}));
  EXPECT_EQ(caught("cache", "value", false), names()) << "its contents are unknown";
  EXPECT_EQ(caught("cache", "miss"), (names{"cache miss"}));
  EXPECT_EQ(caught("db", "row"), (names{"db"}));
  EXPECT_EQ(caught("db", "row", false), names());
  EXPECT_EQ(caught("db", "early"), (names{"db"}));
  EXPECT_EQ(caught("db", "miss"), (names{"db miss"}));
}

TEST_F(wait_checks_test, tokens_and_objects_are_right) {
  EXPECT_EQ(caught("token", "inactive"), (names{"token"}));
  for (const auto* fault : {"byte", "short", "long", "lost piece"}) EXPECT_EQ(caught("object", fault), names{"object"});
  EXPECT_TRUE(run_checks("object", "lost piece").at("object").got.ends_with("wrong from byte 65536"));
}

TEST_F(wait_checks_test, commands_are_run) {
  EXPECT_EQ(caught("run", "output"), (names{"run", "run sleep"}));
  EXPECT_EQ(caught("run", "failure"), (names{"run fail"}));
  EXPECT_EQ(caught("run", "early"), (names{"run sleep"}));
}

TEST_F(wait_checks_test, streams_arrive_chunk_by_chunk) {
  for (const auto* fault : {"count", "early", "held back"})
    EXPECT_EQ(caught("stream", fault), names{"stream"}) << fault;
}

TEST_F(wait_checks_test, every_service_contributes) {
  const names both{"services", "services gather"};
  for (const std::string part : {"token", "cache", "db", "api", "object_bytes"}) {
    for (const auto& fault : {part, "other " + part}) {
      EXPECT_EQ(caught("services", fault), both) << fault;
      EXPECT_TRUE(run_checks("services", fault).at("services").got.ends_with("wrong: " + part));
    }
    EXPECT_EQ(caught("services", part, false), both) << part;
  }
}

TEST_F(wait_checks_test, an_endpoint_without_its_service_is_not_checked) {
  const validation_spec spec{.base = "http://127.0.0.1:1",
                             .offered = {{"cache", "/cache/{key}"}},
                             .endpoints = {"cache", "db"},
                             .parameters = {},
                             .unavailable = {{"cache", "needs redis"}, {"db", "needs postgres"}}};
  const auto all = validate(spec);
  ASSERT_EQ(all.size(), 2u) << "no request is made";
  EXPECT_EQ(all[0].result, finding::not_checked);
  EXPECT_EQ(all[0].got, "needs redis");
  EXPECT_EQ(all[1].result, finding::not_offered);
  EXPECT_EQ(first_failure(all), "");
}

}  // namespace
}  // namespace tvl::suite
