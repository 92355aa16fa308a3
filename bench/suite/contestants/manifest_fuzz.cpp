// Manifests, workloads, commands and TechEmpower's configurations that a user wrote: refused in one line, or read so
// that they can be used.
//
// Choices: what the rest is (0 = a manifest of the catalogue, 1 = a user's, 2 = a workload, 3 = an inline manifest,
// 4 = benchmark_config.json, 5 = words of a shell).

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/contestants/inline_manifest.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/contestants/shell_words.hpp"
#include "bench/suite/contestants/techempower.hpp"
#include "servers/testing/fuzzing.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace tvl::suite;

// A file in memory, since the readers take the name of one.
std::filesystem::path written(std::string_view text) {
  static const auto file = std::filesystem::path("/dev/shm") / ("tvl_fuzz_" + std::to_string(::getpid()) + ".toml");
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

// Calls read() and checks what it says when it refuses.
template <class Read>
void refused_in_one_line(Read read) {
  try {
    read();
  } catch (const bad_file& e) {
    const std::string what = e.what();
    TVL_MUST(!what.empty() && what.find('\n') == what.npos, "a message is one line");
  }
}

void check(const manifest& m) {
  TVL_MUST(!m.name.empty() && m.name != "." && m.name != ".." && m.name.find('/') == m.name.npos,
           "a name is that of a folder");
  (void)standards(m, 2);
  for (const auto& word : m.command) {
    const auto given = [](const std::string&) { return std::optional<std::string>("{1}"); };
    const auto none = [](const std::string&) { return std::optional<std::string>(); };
    (void)finish_word(fill_word(word, given), none);
  }
  for (const auto& [name, path] : m.endpoints) (void)request_for(m, name);
}

void use(const workload& w) {
  concurrency_slots slots;
  slots.connections = 5;
  for (const auto& c : w.ceilings) (void)ceiling_rate(c, slots);
  (void)background_endpoints(w.full);
  (void)keeps_connections(w, w.quick);
}

void import(std::string_view text) {
  const auto toml = manifest_from_techempower(std::string(text), {"config", "", {"./server", "{port}"}});
  check(read_user_manifest(written(toml)));  // what is written can be read
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + '\'';
}

bool has_open_quote(const std::string& text) {
  try {
    (void)unquoted(text);
    return false;
  } catch (const std::invalid_argument&) {
    return true;
  }
}

void split_words(const std::string& text) {
  const bool open = has_open_quote(text);
  try {
    const auto words = shell_words(text);
    TVL_MUST(!open, "an open quote is found by all functions");
    std::string joined;
    for (const auto& word : words) joined += quoted(word) + ' ';
    TVL_MUST(shell_words(joined) == words, "words are read as they were quoted");
    (void)split_outside_quotes(text, ';');
  } catch (const std::invalid_argument&) {
    TVL_MUST(open, "only an open quote is refused");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tvl::fuzzing::input in(data, size);
  const unsigned what = in.choice(6);
  const std::string text(in.rest());
  refused_in_one_line([&] {
    switch (what) {
      case 0:
        return check(read_manifest(written(text)));
      case 1:
        return check(read_user_manifest(written(text)));
      case 2:
        return use(read_workload(written(text)));
      case 3:
        (void)is_inline_manifest(text);
        return check(read_inline_manifest(text));
      case 4:
        return import(text);
      default:
        return split_words(text);
    }
  });
  return 0;
}
