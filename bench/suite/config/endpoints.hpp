#pragma once
// The endpoints a server may offer, and path templates: "/delay/{ms}".

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// Everything a server may offer: name -> path template. A manifest without [endpoints] offers all of it.
const std::map<std::string, std::string>& all_endpoints();

// Is it a WebSocket's?
bool is_websocket(const std::string& endpoint);

// The names between braces, in order: "{bin}/x:{port}" -> bin, port.
std::vector<std::string> placeholders(const std::string& text);

// Replaces every {name} by value(name); keeps those for which it returns nothing.
std::string fill(const std::string& text, const std::function<std::optional<std::string>(const std::string&)>& value);

}  // namespace tvl::suite
