#include "bench/suite/config/endpoints.hpp"

#include <regex>

namespace tvl::suite {
namespace {

const std::regex& placeholder() {
  static const std::regex pattern(R"(\{([A-Za-z_]+)\})");
  return pattern;
}

}  // namespace

const std::map<std::string, std::string>& all_endpoints() {
  static const std::map<std::string, std::string> all = {
      {"plaintext", "/plaintext"},
      {"json", "/json"},
      {"bytes", "/bytes/{n}"},
      {"echo", "/echo"},
      {"upload", "/upload"},
      {"touch", "/touch/{kib}"},
      {"delay", "/delay/{ms}"},
      {"block", "/block/{ms}"},
      {"offload", "/offload/{ms}"},
      {"cpu", "/cpu/{us}"},
      {"cpu_offload", "/cpu-offload/{us}"},
      {"fetch", "/fetch?n={n}&ms={ms}&order={order}"},
      {"cache", "/cache/{key}"},
      {"db", "/db/{id}?ms={ms}"},
      {"token", "/token"},
      {"object", "/object/{name}"},
      {"run", "/run?command={command}&ms={ms}"},
      {"stream", "/stream/{n}?ms={ms}"},
      {"services", "/services?order={order}"},
      {"ws_echo", "/ws/echo"},
      {"ws_room", "/ws/room"},
  };
  return all;
}

bool is_websocket(const std::string& endpoint) { return endpoint == "ws_echo" || endpoint == "ws_room"; }

bool takes_body(const std::string& endpoint) { return endpoint == "echo" || endpoint == "upload"; }

std::vector<std::string> placeholders(const std::string& text) {
  std::vector<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), placeholder()), end; match != end; ++match) {
    names.push_back((*match)[1]);
  }
  return names;
}

std::string fill(const std::string& text, const std::function<std::optional<std::string>(const std::string&)>& value) {
  std::string filled;
  auto rest = text.begin();
  for (std::sregex_iterator match(text.begin(), text.end(), placeholder()), end; match != end; ++match) {
    filled.append(rest, (*match)[0].first);
    filled += value((*match)[1]).value_or((*match)[0]);
    rest = (*match)[0].second;
  }
  return filled.append(rest, text.end());
}

}  // namespace tvl::suite
