#include "servers/conformance/transcripts.hpp"

#include <string_view>

namespace tvl::conformance {
namespace {

using namespace std::string_literals;
using table = std::vector<transcript>;

const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string hang_up = "Connection: close\r\n";
const std::string stay = "Connection: keep-alive\r\n";
const std::string allow_get = "Allow: GET, HEAD\r\n";
const std::string allow_post = "Allow: POST\r\n";

std::string head(const std::string& status, std::string_view type, std::size_t size, const std::string& fields) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

std::string text(const std::string& body, const std::string& fields = "") {
  return head("200 OK", "text/plain", body.size(), fields) + body;
}
std::string hello(const std::string& fields = "") { return text("Hello, World!", fields); }
std::string json(const std::string& fields = "") {
  return head("200 OK", "application/json", 27, fields) + R"({"message":"Hello, World!"})";
}
std::string binary(const std::string& body, const std::string& fields = "") {
  return head("200 OK", "application/octet-stream", body.size(), fields) + body;
}
// The body is the reason phrase.
std::string error(const std::string& status, const std::string& fields = "") {
  return head(status, "text/plain", status.size() - 4, fields) + status.substr(4);
}
std::string refusal(const std::string& status) { return error(status, hang_up); }

std::string pattern(std::size_t size) {
  std::string result;
  while (result.size() < size) result += "0123456789abcdef";
  result.resize(size);
  return result;
}

std::string request(const std::string& line, const std::string& fields = "", const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string get(const std::string& target, const std::string& fields = "") { return request("GET " + target, fields); }
std::string post(const std::string& target, const std::string& body) {
  return request("POST " + target, "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}
std::string chunked(const std::string& target, const std::string& body) {
  return request("POST " + target, "Transfer-Encoding: chunked\r\n", body);
}

std::string times(unsigned n, const std::string& what) {
  std::string result;
  for (unsigned i = 0; i < n; ++i) result += what;
  return result;
}

transcript one(const std::string& name, const std::string& send, const std::string& expect, ending end = ending::open) {
  return {.name = name, .steps = {{send, expect}}, .end = end};
}
transcript refused(const std::string& name, const std::string& send, const std::string& status) {
  return one(name, send, refusal(status), ending::refused);
}

void endpoints(table& all) {
  all.push_back({.name = "plaintext",
                 .steps = {{"GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"}},
                 .every_split = true});
  all.push_back(one("json", get("/json"), json()));
  all.push_back(one("bytes", get("/bytes/20"), binary("0123456789abcdef0123")));
  all.push_back(one("bytes_none", get("/bytes/0"), binary("")));
  all.push_back(one("bytes_many", get("/bytes/3000001"), binary(pattern(3000001))));
  all.push_back(one("echo", post("/echo", "hello"), binary("hello")));
  all.push_back(one("echo_nothing", post("/echo", ""), binary("")));
  all.push_back(one("echo_without_length", request("POST /echo"), binary("")));
  all.push_back(one("echo_at_the_limit", post("/echo", pattern(1 << 20)), binary(pattern(1 << 20))));
  all.push_back(one("upload", post("/upload", "hello"), text("5")));
  all.push_back(one("upload_large", post("/upload", pattern(3 << 20)), text(std::to_string(3 << 20))));
  all.push_back(one("delay", get("/delay/20"), text("20")));
  all.push_back(one("delay_none", get("/delay/0"), text("0")));
  all.push_back(one("block", get("/block/5"), text("5")));
  all.push_back(one("cpu", get("/cpu/500"), text("500")));
  all.push_back(one("query", get("/plaintext?a=b&c=/d") + get("/bytes/3?x"), hello() + binary("012")));
  all.push_back(one("absolute_form", get("http://a:80/json?x") + get("HTTP://a/json") + get("http://a"),
                    json() + json() + error("404 Not Found")));
  all.push_back(one("body_of_a_get_is_dropped", request("GET /json", "Content-Length: 5\r\n", "hello"), json()));
}

void connections(table& all) {
  const std::string old = "GET /plaintext HTTP/1.0\r\n";
  all.push_back({.name = "keep_alive",
                 .steps = {{get("/plaintext"), hello()}, {get("/json"), json()}, {post("/echo", "x"), binary("x")}}});
  all.push_back(one("connection_close", get("/plaintext", "Connection: close\r\n"), hello(hang_up), ending::closed));
  all.push_back(
      one("connection_close_in_a_list", get("/json", "Connection: x, Close\r\n"), json(hang_up), ending::closed));
  all.push_back(one("connection_close_after_an_error", get("/", "Connection: close\r\n"),
                    error("404 Not Found", hang_up), ending::closed));
  all.push_back({.name = "connection_close_before_more",
                 .steps = {{get("/json", "Connection: close\r\n") + get("/plaintext"), json(hang_up)}},
                 .end = ending::closed,
                 .in_pieces = false});
  all.push_back(one("http_1_0", old + "\r\n", hello(hang_up), ending::closed));
  all.push_back(one("http_1_0_keep_alive", old + "Connection: keep-alive\r\n\r\n", hello(stay)));
  all.push_back(one("http_1_0_ignores_expect",
                    "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", binary("hi", hang_up),
                    ending::closed));
  all.push_back(one("head", request("HEAD /plaintext") + get("/json"), head("200 OK", "text/plain", 13, "") + json()));
  all.push_back(one("head_of_bytes", request("HEAD /bytes/1000") + get("/json"),
                    head("200 OK", "application/octet-stream", 1000, "") + json()));
  all.push_back(
      one("head_waits", request("HEAD /delay/20") + get("/json"), head("200 OK", "text/plain", 2, "") + json()));
  all.push_back(one("head_of_errors", request("HEAD /none") + request("HEAD /echo") + get("/json"),
                    head("404 Not Found", "text/plain", 9, "") +
                        head("405 Method Not Allowed", "text/plain", 18, allow_post) + json()));
  all.push_back(one("empty_lines_first", "\r\n" + get("/json") + "\r\n\r\n" + get("/plaintext"), json() + hello()));
  all.push_back({.name = "ended_within_a_request",
                 .steps = {{"GET /plaintext HTTP/1.1\r\nHo", ""}},
                 .end = ending::silent,
                 .half_closed = true});
  all.push_back({.name = "ended_within_a_body",
                 .steps = {{get("/json") + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhell", json()}},
                 .end = ending::silent,
                 .half_closed = true});
}

void pipelines(table& all) {
  all.push_back({.name = "pipelined",
                 .steps = {{get("/plaintext") + get("/json") + get("/bytes/20") + post("/echo", "hi") + get("/none") +
                                request("HEAD /json") + chunked("/upload", "2\r\nhi\r\n0\r\n\r\n") + get("/cpu/0"),
                            hello() + json() + binary(pattern(20)) + binary("hi") + error("404 Not Found") +
                                head("200 OK", "application/json", 27, "") + text("2") + text("0")}},
                 .every_split = true});
  all.push_back({.name = "pipelined_with_waits",
                 .steps = {{get("/json") + get("/delay/2") + get("/block/1") + get("/plaintext") + get("/cpu/100") +
                                get("/delay/1") + post("/echo", "hi"),
                            json() + text("2") + text("1") + hello() + text("100") + text("1") + binary("hi")}},
                 .every_split = true});
  all.push_back(one("pipelined_until_close", get("/json") + get("/delay/5") + get("/json", "Connection: close\r\n"),
                    json() + text("5") + json(hang_up), ending::closed));
  all.push_back(refused("pipelined_until_an_error", get("/json") + get("/delay/5") + "nonsense\r\n\r\n" + get("/json"),
                        "400 Bad Request"));
  all.back().steps[0].expect.insert(0, json() + text("5"));
  all.push_back(one("pipelined_deep", times(4000, get("/json") + get("/plaintext")), times(4000, json() + hello())));
  all.push_back({.name = "pipelined_read_slowly",
                 .steps = {{times(3, get("/json") + get("/bytes/5000000") + times(2000, get("/plaintext"))),
                            times(3, json() + binary(pattern(5000000)) + times(2000, hello()))}},
                 .slow_reader = true});
  all.push_back({.name = "short_requests_for_long_replies",
                 .steps = {{times(6000, "PUT /cpu/ HTTP/1.1\r\nHost:\r\n\r\n"),
                            times(6000, error("405 Method Not Allowed", allow_get))}},
                 .slow_reader = true});
}

void bodies(table& all) {
  all.push_back({.name = "chunked",
                 .steps = {{chunked("/echo", "5\r\nhello\r\n1\r\n,\r\n00C\r\n chunk world\r\n0\r\n\r\n"),
                            binary("hello, chunk world")}},
                 .every_split = true});
  all.push_back(
      {.name = "chunked_extensions_and_trailers",
       .steps = {{chunked("/echo", "5;a=b;c=\"d;e\"\r\nhello\r\n0;z\r\nX-Sum: 1\r\nY: 2\r\n\r\n") + get("/json"),
                  binary("hello") + json()}},
       .every_split = true});
  all.push_back(
      one("trailers_are_no_fields",
          chunked("/echo", "2\r\nhi\r\n0\r\nConnection: close\r\nHost: b c\r\nExpect: tea\r\n\r\n") + get("/json"),
          binary("hi") + json()));
  all.push_back(one("chunked_nothing", chunked("/upload", "0\r\n\r\n"), text("0")));
  all.push_back(one("chunked_in_capitals",
                    request("POST /echo", "TRANSFER-ENCODING: Chunked\r\n", "A\r\n0123456789\r\n0\r\n\r\n"),
                    binary("0123456789")));
  all.push_back(one("chunked_many", chunked("/upload", times(3000, "3\r\nabc\r\n") + "0\r\n\r\n"), text("9000")));

  const std::string expect = "Expect: 100-continue\r\nContent-Length: ";
  all.push_back({.name = "expect_granted",
                 .steps = {{request("POST /echo", expect + "5\r\n"), go_on}, {"hello", binary("hello")}},
                 .every_split = true});
  all.push_back({.name = "expect_granted_chunked",
                 .steps = {{request("POST /upload", "Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n"), go_on},
                           {"3\r\nabc\r\n0\r\n\r\n", text("3")}}});
  all.push_back(one("expect_without_body", request("POST /echo", expect + "0\r\n"), binary("")));
  all.push_back({.name = "expect_with_the_body_there",
                 .steps = {{request("POST /echo", expect + "5\r\n", "hello"), binary("hello")}},
                 .in_pieces = false});
  all.push_back(refused("expect_of_too_much", request("POST /echo", expect + "1048577\r\n"), "413 Payload Too Large"));
  all.push_back(refused("expect_at_no_endpoint", request("POST /none", expect + "5\r\n"), "404 Not Found"));
  all.push_back(
      refused("expect_with_a_wrong_method", request("POST /json", expect + "5\r\n"), "405 Method Not Allowed"));
  all.back().steps[0].expect = error("405 Method Not Allowed", allow_get + hang_up);
  all.push_back(refused("expect_of_something_else", request("POST /echo", "Expect: tea\r\nContent-Length: 5\r\n"),
                        "417 Expectation Failed"));
}

void wrong_requests(table& all) {
  const auto not_allowed = [](const std::string& allow) { return error("405 Method Not Allowed", allow); };
  all.push_back(one("404", get("/") + get("/plaintext/") + get("/Json") + request("OPTIONS *"),
                    times(4, error("404 Not Found"))));
  all.push_back(
      one("405", get("/echo") + request("DELETE /json") + post("/bytes/5", "hi") + request("PUT /upload"),
          not_allowed(allow_post) + not_allowed(allow_get) + not_allowed(allow_get) + not_allowed(allow_post)));
  all.push_back(one("touch", get("/touch/0") + get("/touch/64") + get("/touch/4"), text("0") + text("64") + text("4")));
  all.push_back(one("400_numbers",
                    get("/delay/") + get("/delay/x") + get("/delay/-1") + get("/delay/+1") + get("/delay/1.5") +
                        get("/delay/60001") + get("/block/60001") + get("/cpu/10000001") + get("/bytes/104857601") +
                        get("/bytes/99999999999999999999") + get("/bytes/1/") + get("/touch/65537"),
                    times(12, error("400 Bad Request"))));
  // Requests that fail before any service is called.
  all.push_back(one("400_waits",
                    get("/offload/60001") + get("/cpu-offload/x") + get("/fetch?n=0") + get("/fetch?n=101") +
                        get("/fetch?n=") + get("/fetch?ms=60001") + get("/fetch?order=both") + get("/cache/") +
                        get("/cache/a%20b") + get("/cache/a\x80") + get("/cache/..") + get("/cache/" + pattern(65)) +
                        get("/db/") + get("/db/1;drop") + get("/db/-1") + get("/db/2147483648") +
                        get("/db/1?ms=60001") + get("/token?access_token=") + get("/token?access_token=a+b") +
                        get("/object/../secret") + get("/object/a/b") + get("/run?ms=60001") + get("/stream/1000001") +
                        get("/stream/1?ms=x") + get("/services?order=x"),
                    times(25, error("400 Bad Request"))));
  all.push_back(one("404_waits",
                    get("/fetch/") + get("/cache") + get("/db") + get("/token/") + get("/object") +
                        get("/run?command=rm") + get("/run?command=") + get("/stream") + get("/services/"),
                    times(9, error("404 Not Found"))));
  all.push_back(one("405_waits",
                    post("/fetch", "") + post("/cache/a", "") + post("/db/1", "") + post("/token", "token=good") +
                        request("PUT /object/small") + post("/run", "") + request("DELETE /stream/1") +
                        post("/offload/1", "") + post("/cpu-offload/1", "") + post("/services", ""),
                    times(10, not_allowed(allow_get))));
  all.push_back(one("501_method", request("BREW /plaintext") + get("/json"), error("501 Not Implemented") + json()));
  all.push_back(refused("501_coding", request("POST /echo", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
                        "501 Not Implemented"));
  all.push_back(refused("505", "GET /json HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"));
  all.push_back(refused("505_http_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP Version Not Supported"));
  all.push_back(refused("400_no_host", "GET /json HTTP/1.1\r\n\r\n", "400 Bad Request"));
  all.push_back(refused("400_two_hosts", get("/json", "Host: b\r\n"), "400 Bad Request"));
  all.push_back(refused("400_host", "GET /json HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Bad Request"));
  all.push_back(refused("400_last_coding", request("POST /echo", "Transfer-Encoding: gzip\r\n"), "400 Bad Request"));
  all.push_back(refused("400_no_version", "GET /json\r\n\r\n", "400 Bad Request"));
  all.push_back(refused("400_not_http", "GET /json XTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"));
  all.push_back(refused("400_tls", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + pattern(40), "400 Bad Request"));
  all.push_back(refused("400_zero_byte", get("/json", "X: a\0b\r\n"s), "400 Bad Request"));
  all.push_back(refused("400_field_without_colon", get("/json", "nonsense\r\n"), "400 Bad Request"));
  all.push_back(refused("400_chunk_size", chunked("/echo", "x\r\nhello\r\n0\r\n\r\n"), "400 Bad Request"));
  all.push_back(refused("400_chunk_overrun", chunked("/echo", "2\r\nhello\r\n0\r\n\r\n"), "400 Bad Request"));
  all.push_back(refused("400_chunk_size_overflow", chunked("/echo", "fffffffffffffffff\r\nx"), "400 Bad Request"));
}

// Failed WebSocket handshakes; see websocket_transcripts for successful ones.
void upgrades(table& all) {
  const std::string upgrade = "Upgrade: websocket\r\n", connection = "Connection: Upgrade\r\n",
                    version = "Sec-WebSocket-Version: 13\r\n", key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string how = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  const std::string required = error("426 Upgrade Required", how);
  const auto ask = [](const std::string& fields) { return get("/ws/echo", fields); };
  all.push_back({.name = "426",
                 .steps = {{get("/ws/echo") + get("/ws/room?room=1") + get("/json"), required + required + json()}},
                 .every_split = true});
  all.push_back(one("426_fields",
                    ask(connection + version + key) + ask(upgrade + version + key) +
                        ask("Upgrade: h2c\r\n" + connection + version + key) +
                        ask(upgrade + "Connection: keep-alive\r\n" + version + key) + ask(upgrade + connection + key) +
                        ask(upgrade + connection + "Sec-WebSocket-Version: 8\r\n" + key) +
                        ask(upgrade + connection + "Sec-WebSocket-Version: 13, 8\r\n" + key),
                    times(7, required)));
  all.push_back(one("426_of_a_head", request("HEAD /ws/echo", upgrade + connection + version + key) + get("/json"),
                    head("426 Upgrade Required", "text/plain", 16, how) + json()));
  all.push_back(one("426_in_http_1_0", "GET /ws/echo HTTP/1.0\r\n" + upgrade + connection + version + key + "\r\n",
                    error("426 Upgrade Required", how + hang_up), ending::closed));
  const std::string keyless = upgrade + connection + version, name = "Sec-WebSocket-Key: ";
  all.push_back(one("400_keys",
                    ask(keyless) + ask(keyless + name + "\r\n") + ask(keyless + name + "dGhlIHNhbXBsZSBub25jZQ=\r\n") +
                        ask(keyless + name + "dGhlIHNhbXBsZSBub25jZQAA\r\n") +
                        ask(keyless + name + "dGhlIHNhbXBsZSBub25-ZQ==\r\n") +
                        ask(keyless + name + "dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==\r\n") + ask(keyless + key + key),
                    times(7, error("400 Bad Request"))));
  all.push_back(one("400_rooms",
                    get("/ws/room?room=x", keyless + key) + get("/ws/room?room=", keyless + key) +
                        get("/ws/room?room=-1", keyless + key) + get("/ws/room?room=4294967296", keyless + key),
                    times(4, error("400 Bad Request"))));
  all.push_back(one("405_websocket", request("POST /ws/echo", keyless + key) + request("PUT /ws/room"),
                    times(2, error("405 Method Not Allowed", allow_get))));
  all.push_back(one("404_websocket", get("/ws", keyless + key) + get("/ws/echo/", keyless + key),
                    times(2, error("404 Not Found"))));
}

// Request smuggling: servers in a chain have read these differently; the second request must be ignored.
void smuggling(table& all) {
  const std::string hidden = get("/plaintext");
  const auto bad = [&](const std::string& name, const std::string& fields, const std::string& body = "0\r\n\r\n") {
    all.push_back(refused("smuggling_" + name, request("POST /echo", fields, body) + hidden, "400 Bad Request"));
  };
  bad("coding_and_length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n");
  bad("length_and_coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n");
  bad("two_lengths", "Content-Length: 5\r\nContent-Length: 6\r\n");
  bad("two_lengths_in_one", "Content-Length: 5, 6\r\n");
  bad("length_with_sign", "Content-Length: +5\r\n");
  bad("length_in_hex", "Content-Length: 0x5\r\n");
  bad("length_overflow", "Content-Length: 18446744073709551621\r\n");
  bad("two_codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
  bad("space_before_colon", "Transfer-Encoding : chunked\r\n");
  bad("bare_lf", "X: y\nTransfer-Encoding: chunked\r\n");
  bad("bare_cr", "X: y\rTransfer-Encoding: chunked\r\n");
  bad("coding_in_http_1_0", "Transfer-Encoding: chunked\r\n");
  auto& sent = all.back().steps[0].send;
  sent.replace(sent.find("1.1"), 3, "1.0");
  bad("chunk_size_with_space", "Transfer-Encoding: chunked\r\n", "5 \r\nhello\r\n0\r\n\r\n");
  bad("chunk_bare_lf", "Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n");
  bad("length_in_trailer", "Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n");
  // RFC 9112 5.2 allows refusing a folded field or, like Beast, reading the fold as spaces.
  all.push_back(
      {.name = "smuggling_folded_coding",
       .steps = {{request("POST /echo", "Transfer-Encoding:\r\n chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"), binary("hi")}},
       .every_split = true});
  all.push_back(
      {.name = "smuggling_folded_length",
       .steps = {{request("POST /echo", "X: a\r\n\tTransfer-Encoding: chunked\r\nContent-Length:\r\n 2\r\n", "hi"),
                  binary("hi")}},
       .every_split = true});
}

void too_large(table& all) {
  const std::string target = "/plaintext?" + pattern(5000);
  all.push_back(refused("414", get(target), "414 URI Too Long"));
  all.push_back(refused("414_beyond_all_limits", "GET /" + pattern(20000), "414 URI Too Long"));
  all.push_back(
      refused("431_field", get("/json", "X: " + pattern(9000) + "\r\n"), "431 Request Header Fields Too Large"));
  all.push_back(refused("431_fields", get("/json", times(400, "X-Some-Field: some value\r\n")),
                        "431 Request Header Fields Too Large"));
  all.push_back(refused("431_endless", "GET /json HTTP/1.1\r\nHost: a\r\nX: " + pattern(70000),
                        "431 Request Header Fields Too Large"));
  all.push_back(refused("431_trailers",
                        chunked("/echo", "0\r\n" + times(2000, "X-Some-Field: some value\r\n") + "\r\n"),
                        "431 Request Header Fields Too Large"));
  all.push_back(
      refused("431_chunk_extension", chunked("/echo", "5;" + pattern(70000)), "431 Request Header Fields Too Large"));
  all.push_back(
      refused("413_length", request("POST /echo", "Content-Length: 1048577\r\n", "x"), "413 Payload Too Large"));
  all.push_back(refused("413_length_of_upload", request("POST /upload", "Content-Length: 1073741825\r\n"),
                        "413 Payload Too Large"));
  all.push_back(
      refused("413_length_of_a_get", request("GET /json", "Content-Length: 1048577\r\n"), "413 Payload Too Large"));
  all.push_back(refused("413_chunks", chunked("/echo", times(17, "10000\r\n" + pattern(1 << 16) + "\r\n")),
                        "413 Payload Too Large"));
  all.push_back(refused("more_after_an_error", "nonsense\r\n\r\n" + pattern(1 << 20), "400 Bad Request"));
}

unsigned count(const std::string& in, std::string_view what) {
  unsigned n = 0;
  for (auto at = in.find(what); at != in.npos; at = in.find(what, at + what.size())) ++n;
  return n;
}

}  // namespace

std::size_t transcript::size() const {
  std::size_t sum = 0;
  for (const auto& s : steps) sum += s.send.size();
  return sum;
}

const std::vector<transcript>& transcripts() {
  static const table all = [] {
    table t;
    for (const auto fill : {endpoints, connections, pipelines, bodies, wrong_requests, upgrades, smuggling, too_large})
      fill(t);
    return t;
  }();
  return all;
}

const step& probe() {
  static const step p{get("/bytes/3"), binary("012")};
  return p;
}

unsigned count_replies(const std::string& expect) { return count(expect, "HTTP/1.1 ") - count(expect, go_on); }

unsigned count_errors(const std::string& expect) { return count(expect, "HTTP/1.1 4") + count(expect, "HTTP/1.1 5"); }

}  // namespace tvl::conformance
