#include "servers/conformance/launch.hpp"

#include <toml++/toml.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace tvl::conformance {
namespace {

using values = std::map<std::string, std::string>;

[[noreturn]] void fail(const std::filesystem::path& manifest, const std::string& why) {
  throw std::runtime_error(manifest.string() + ": " + why);
}

std::string fill(const std::filesystem::path& manifest, std::string word, const values& all) {
  for (const auto& [name, value] : all)
    if (const auto at = word.find(name); at != word.npos) word.replace(at, name.size(), value);
  if (word.find('{') != word.npos) fail(manifest, "cannot fill '" + word + "' here");
  return word;
}

toml::table parse(const std::filesystem::path& manifest) try {
  return toml::parse_file(manifest.string());
} catch (const toml::parse_error& error) {
  fail(manifest, std::string(error.description()));
}

}  // namespace

launch read_launch(const std::filesystem::path& manifest, const std::filesystem::path& bin) {
  const auto table = parse(manifest);
  const auto count = [&](const char* name) {
    return std::to_string(table["defaults"][name].value_or(2));  // few, but more than one
  };
  values all{{"{bin}", bin}, {"{address}", "127.0.0.1"}, {"{port}", "0"}, {"{stack}", "64KiB"}};
  for (const auto* name : {"threads", "processes", "offload_threads", "pool"})
    all.emplace("{" + std::string(name) + "}", count(name));
  for (const auto* service : {"{redis}", "{postgres}", "{upstream}"}) all.emplace(service, "");
  const auto offers = [&](const char* endpoint) { return !table["endpoints"] || table["endpoints"][endpoint]; };
  launch result{manifest.stem(), {}, {}, offers("ws_echo"), offers("ws_room")};
  if (const auto* command = table["command"].as_array())
    for (const auto& word : *command) result.flags.push_back(fill(manifest, word.value_or(std::string()), all));
  if (result.flags.empty()) fail(manifest, "has no command");
  result.path = std::move(result.flags.front());
  result.flags.erase(result.flags.begin());
  return result;
}

}  // namespace tvl::conformance
