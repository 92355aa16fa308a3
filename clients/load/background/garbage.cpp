#include "clients/load/background/garbage.hpp"

#include "clients/load/engine/prepared_target.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"

#include <algorithm>

namespace tvl::load {
namespace {

constexpr std::size_t most_mutations = 4, longest_mutation = 16;        // of a piece, and of one change
constexpr std::string_view hello = "\x81\x85mask\x05\x04\x1f\x07\x02";  // a masked frame

std::string post(const url& server, const std::string& header, const std::string& body) {
  target t;
  t.path = "/echo";
  t.method = "POST";
  t.headers = {header};
  return prepare({t}, server).front().request + body;
}

}  // namespace

garbage_source::garbage_source(const url& server)
    : valid_{prepare({target{}}, server).front().request, post(server, "Content-Length: 5", "hello"),
             post(server, "Transfer-Encoding: chunked", "5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"),
             offer_upgrade(server, "/ws/echo").request.append(hello)} {}

std::string garbage_source::next() {
  std::string bytes = valid_[below(valid_.size())];
  for (std::size_t left = 1 + below(most_mutations); left > 0; --left) change(bytes);
  return bytes;
}

void garbage_source::change(std::string& bytes) {
  const std::size_t at = below(bytes.size());
  const std::size_t size = 1 + below(std::min(longest_mutation, bytes.size() - at));
  const char any = static_cast<char>(below(256));
  switch (below(4)) {
    case 0:
      bytes[at] = any;
      break;
    case 1:
      if (size < bytes.size()) bytes.erase(at, size);
      break;
    case 2:
      bytes.insert(at, bytes.substr(at, size));
      break;
    default:
      bytes.insert(at, size, any);
  }
}

}  // namespace tvl::load
