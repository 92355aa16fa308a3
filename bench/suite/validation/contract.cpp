#include "bench/suite/validation/contract.hpp"

#include "bench/suite/config/endpoints.hpp"

#include <map>

namespace tvl::suite {
namespace {

struct answer {
  const char* method;
  const char* type;  // empty = any, and none is right too
  std::string body;
};

std::string code(const std::string& text) { return "`" + text + "`"; }

// As it is written in C: the newline counts.
std::string quoted(std::string text) {
  if (text.ends_with('\n')) text.replace(text.size() - 1, 1, "\\n");
  return code(text);
}

const std::map<std::string, answer>& answers() {
  static const std::string number = "the number of the path, no newline; not before that time";
  static const std::string upgrade = std::to_string(upgrade_required) + " to a request without `Upgrade`; ";
  static const std::map<std::string, answer> all = {
      {"plaintext", {"GET", text_type, quoted(hello) + ", no newline"}},
      {"json", {"GET", json_type, "an object equal to " + code(R"({"message": "Hello, World!"})")}},
      {"bytes", {"GET", "", "exactly `n` bytes: " + code(bytes_pattern) + " repeated"}},
      {"echo", {"POST", "", "the bytes of the request's body, whatever they are"}},
      {"upload", {"POST", "", "the number of bytes in the request's body, no newline"}},
      {"touch",
       {"GET", "", "the number of the path, no newline, after the use of so many KiB that belong to the connection"}},
      {"delay", {"GET", "", number + "; right for " + std::to_string(overlapping_requests) + " requests at once"}},
      {"block", {"GET", "", number + "; the wait blocks its thread"}},
      {"offload", {"GET", "", number + "; the wait blocks a thread of an executor"}},
      {"cpu", {"GET", "", number + ", of CPU"}},
      {"cpu_offload", {"GET", "", number + ", of CPU of an executor"}},
      {"fetch",
       {"GET", json_type,
        "an object with `calls`, equal to `n`, and `bytes`, the sum of their bodies. Each call takes `ms`; `serial` "
        "takes `n` times `ms`, `gather` makes them at once"}},
      {"cache", {"GET", "", "the value of the key in Redis; 404 if it has none"}},
      {"db", {"GET", json_type, "an object with `id`, `name`, `price` of the row, after a query of `ms`; 404 if none"}},
      {"token", {"GET", json_type, "an object with " + code(R"("active": true)")}},
      {"object", {"GET", "", "the bytes of the object in the storage"}},
      {"run",
       {"GET", "",
        "what the subprocess prints: `echo` " + quoted(subprocess_output) + ", `sleep` " + code("slept {ms} ms\\n") +
            "; 502 for `fail`"}},
      {"stream", {"GET", "", quoted(stream_chunk(0)) + ", " + quoted(stream_chunk(1)) + ", ...: `n`, `ms` apart"}},
      {"services",
       {"GET", json_type, "an object with `token`, `cache`, `db`, `api`, `object_bytes`, the results of five calls"}},
      {"ws_echo", {"GET", "", upgrade + "each message comes back"}},
      {"ws_room", {"GET", "", upgrade + "each message goes to every member, its sender too"}},
  };
  return all;
}

}  // namespace

std::string slept(long ms) { return "slept " + std::to_string(ms) + " ms\n"; }

std::string stream_chunk(long at) { return "chunk " + std::to_string(at) + "\n"; }

std::string contract_table() {
  std::string table = "| endpoint | request | Content-Type | body of the reply |\n|:--|:--|:--|:--|\n";
  for (const auto& [name, path] : all_endpoints()) {
    const auto& right = answers().at(name);
    table += "| " + code(name) + " | " + code(right.method + (" " + path)) + " | " +
             (*right.type != 0 ? code(right.type) : "any") + " | " + right.body + " |\n";
  }
  return table;
}

}  // namespace tvl::suite
