#pragma once
// The endpoints that a server may offer, and path templates: "/delay/{ms}".

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// Name -> path template. A manifest without [endpoints] offers all of them.
const std::map<std::string, std::string>& all_endpoints();

// Whether it is a WebSocket endpoint.
bool is_websocket(const std::string& endpoint);
// Whether it answers the body of a POST.
bool takes_body(const std::string& endpoint);

// The names between braces, in order: "{bin}/x:{port}" -> bin, port.
std::vector<std::string> placeholders(const std::string& text);

// Replaces every {name} by value(name); keeps it if that is empty.
std::string fill(const std::string& text, const std::function<std::optional<std::string>(const std::string&)>& value);

}  // namespace tvl::suite
