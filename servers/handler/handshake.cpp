#include "servers/handler/handshake.hpp"

#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace tvl::handler {
namespace {

using boost::beast::http::field;

bool has_token(std::string_view list, std::string_view token) {
  return boost::beast::http::token_list({list.data(), list.size()}).exists({token.data(), token.size()});
}

// 16 bytes in base64.
bool is_key(std::string_view text) {
  const auto digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return text.size() == 24 && text.ends_with("==") && std::ranges::all_of(text.substr(0, 22), digit);
}

}  // namespace

bool leads_to_websocket(const route& r) {
  return r.needs.kind == plan::operation::ws_echo || r.needs.kind == plan::operation::ws_room;
}

void handshake::take(field name, std::string_view value) {
  switch (name) {
    case field::upgrade:
      upgrade_ |= has_token(value, "websocket");
      break;
    case field::connection:
      connection_ |= has_token(value, "upgrade");
      break;
    case field::sec_websocket_version:
      version_ = value == "13";
      break;
    case field::sec_websocket_key:
      ++keys_;
      key_ = value;
      break;
    default:
      break;
  }
}

route handshake::judge(route r, bool get) {
  if (!get || !upgrade_ || !connection_ || !version_) return failed(426);
  if (keys_ != 1 || !is_key(key_)) return failed(400);
  r.needs.text = std::make_unique<const std::string>(std::move(key_));
  return r;
}

}  // namespace tvl::handler
