#include "clients/load/protocol/websocket_upgrade.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/http_lines.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/detail/hybi13.hpp>

#include <algorithm>
#include <utility>

namespace tvl::load {

namespace http = boost::beast::http;
namespace beast_detail = boost::beast::websocket::detail;

namespace {

constexpr std::size_t most_head = 64u << 10;  // bytes, of an upgrade's answer; limits memory use
constexpr std::string_view end_of_head = "\r\n\r\n";

struct field {
  std::string name, value;
};

bool is(const field& f, std::string_view name) { return boost::beast::iequals(f.name, {name.data(), name.size()}); }

field parse_field(const std::string& line) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(std::string_view(line).substr(0, colon)) || has_control(line))
    throw bad_plan(in_quotes(line) + " is not a header of the form Name: value");
  return {line.substr(0, colon), std::string(trimmed(std::string_view(line).substr(colon + 1)))};
}

std::vector<std::string> tokens(std::string_view list) {
  std::vector<std::string> all;
  for_each_element(list, [&](std::string_view token) { all.emplace_back(token); });
  return all;
}

// accept_of() takes no longer key; a server refuses a shorter one.
const field& checked_key(const field& f) {
  if (is(f, "Sec-WebSocket-Key") && f.value.size() != 24)
    throw bad_plan("Sec-WebSocket-Key: " + in_quotes(f.value, 100) + " is not 16 bytes in base64, 24 characters");
  return f;
}

// The fields of the request in their order: generated ones, replaced by the user's, then the user's others.
std::vector<field> all_fields(const url& to, const std::vector<std::string>& headers) {
  std::vector<field> own, result;
  for (const auto& line : headers) own.push_back(checked_key(parse_field(line)));
  const auto any = [&](std::string_view name) {
    return std::ranges::any_of(own, [&](const field& f) { return is(f, name); });
  };
  if (any("Sec-WebSocket-Extensions"))
    throw bad_plan("Sec-WebSocket-Extensions: the load generator has no WebSocket extensions, so it cannot offer any");
  const field generated[] = {{"Host", to.host_field()},       {"Authorization", to.authorization},
                             {"Upgrade", "websocket"},        {"Connection", "Upgrade"},
                             {"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Key", "dGhyZWFkcy12cy1sb29wIQ=="}};
  for (const auto& g : generated) {
    if (!any(g.name) && !g.value.empty()) result.push_back(g);
    std::ranges::copy_if(own, std::back_inserter(result), [&](const field& f) { return is(f, g.name); });
  }
  std::ranges::copy_if(own, std::back_inserter(result), [&](const field& f) {
    return std::ranges::none_of(generated, [&](const field& g) { return is(f, g.name); });
  });
  return result;
}

// ---- the answer

using answer = http::response_parser<http::empty_body>::value_type;

std::string text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

// "403 Forbidden"; a redirect also says where to.
std::string refusal(const answer& a) {
  std::string text = "upgrade refused: " + std::to_string(a.result_int());
  if (const auto reason = text_of(a.reason()); !reason.empty()) {
    const auto shown = in_quotes(reason);
    text += ' ' + shown.substr(1, shown.size() - 2);
  }
  const bool redirect = a.result_int() / 100 == 3 && a.count(http::field::location) > 0;
  return redirect ? text + ", redirected to " + in_quotes(text_of(a[http::field::location]), 200) : text;
}

// What is wrong with a 101; empty = nothing.
std::string fault(const answer& a, const upgrade_offer& offer) {
  const std::string begin = "wrong answer to the upgrade: ";
  if (a.version() < 11) return begin + "HTTP/1.0, which has no WebSockets";
  if (!http::token_list(a[http::field::upgrade]).exists("websocket")) return begin + "101 without Upgrade: websocket";
  if (!http::token_list(a[http::field::connection]).exists("upgrade")) return begin + "101 without Connection: Upgrade";
  if (a.count(http::field::sec_websocket_accept) == 0) return begin + "101 without Sec-WebSocket-Accept";
  const auto accept = text_of(a[http::field::sec_websocket_accept]);
  if (accept != offer.accept)
    return begin + "Sec-WebSocket-Accept is " + in_quotes(accept) + ", not " + in_quotes(offer.accept);
  if (a.count(http::field::sec_websocket_extensions) > 0)
    return begin + "extension " + in_quotes(text_of(a[http::field::sec_websocket_extensions])) + " was not offered";
  if (a.count(http::field::sec_websocket_protocol) == 0) return {};
  const auto protocol = text_of(a[http::field::sec_websocket_protocol]);
  const bool offered = a.count(http::field::sec_websocket_protocol) == 1 &&
                       std::ranges::find(offer.protocols, protocol) != offer.protocols.end();
  return offered ? std::string() : begin + "subprotocol " + in_quotes(protocol) + " was not offered";
}

// need_more: an interim answer, after which the final one comes.
upgrade_reader::result judge(std::string_view head, const upgrade_offer& offer, std::string& cause) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  parser.header_limit(most_head);
  boost::beast::error_code ec;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec || !parser.is_header_done()) {
    cause = "the answer to the upgrade is not HTTP/1.1 (" + ec.message() + "): " + in_quotes(head);
    return upgrade_reader::result::bad;
  }
  const auto status = parser.get().result_int();
  if (status / 100 == 1 && status != 101) return upgrade_reader::result::need_more;
  cause = status == 101 ? fault(parser.get(), offer) : refusal(parser.get());
  if (status != 101) return upgrade_reader::result::refused;
  return cause.empty() ? upgrade_reader::result::accepted : upgrade_reader::result::bad;
}

}  // namespace

upgrade_offer offer_upgrade(const url& to, std::string_view target, const std::vector<std::string>& headers) {
  upgrade_offer result;
  result.request.append("GET ").append(target).append(" HTTP/1.1\r\n");
  for (const auto& f : all_fields(to, headers)) {
    result.request += f.name + ": " + f.value + "\r\n";
    if (is(f, "Sec-WebSocket-Key")) result.accept = accept_of(f.value);
    if (is(f, "Sec-WebSocket-Protocol"))
      for (auto& each : tokens(f.value)) result.protocols.push_back(std::move(each));
  }
  result.request += "\r\n";
  return result;
}

std::vector<std::string> without_framing(std::vector<std::string> headers) {
  std::erase_if(headers, [](const std::string& line) {
    const std::string name = line.substr(0, line.find(':'));
    if (boost::beast::iequals(name.substr(0, 8), "Content-")) return true;
    for (const char* each : {"Connection", "Expect", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"})
      if (boost::beast::iequals(name, each)) return true;
    return false;
  });
  return headers;
}

std::string accept_of(std::string_view key) {
  beast_detail::sec_ws_accept_type accept;
  beast_detail::make_sec_ws_accept(accept, {key.data(), key.size()});
  return {accept.data(), accept.size()};
}

upgrade_reader::result upgrade_reader::read(std::string_view& input, const upgrade_offer& offer, std::string& cause) {
  while (!input.empty()) {
    const std::size_t before = partial_ ? partial_->size() : 0;
    const std::size_t take = std::min(input.size(), most_head - before);
    std::string joined;
    std::string_view text = input.substr(0, take);
    if (partial_) text = joined = std::exchange(*partial_, {}).append(text);
    const auto end = text.find(end_of_head, before - std::min(before, end_of_head.size() - 1));
    if (end == text.npos) {
      if (text.size() == most_head) {
        cause = "the header of the answer to the upgrade is longer than " + std::to_string(most_head >> 10) + " KiB";
        return result::bad;
      }
      partial_ = std::make_unique<std::string>(text);
      input = {};
      return result::need_more;
    }
    const std::size_t size = end + end_of_head.size();
    input.remove_prefix(size - before);
    partial_.reset();
    if (const auto judged = judge(text.substr(0, size), offer, cause); judged != result::need_more) return judged;
  }
  return result::need_more;
}

}  // namespace tvl::load
