#include "servers/upstream/answer.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <utility>

namespace tvl::upstream {

hostility hostility_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, hostility>, 6> all{{{"garbage", hostility::garbage},
                                                                              {"slow-header", hostility::slow_header},
                                                                              {"slow-body", hostility::slow_body},
                                                                              {"half", hostility::half},
                                                                              {"huge", hostility::huge},
                                                                              {"silent", hostility::silent}}};
  for (const auto& [known, result] : all)
    if (name == known) return result;
  return hostility::none;
}

void append_head(std::string& out, const answer& a, std::uint64_t size, std::chrono::microseconds took,
                 const reply_form& form) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(a.status));
  ((out += "HTTP/1.1 ") += std::to_string(a.status)) += ' ';
  (out.append(reason.data(), reason.size()) += "\r\nContent-Type: ") += a.type;
  (out += "\r\nContent-Length: ") += std::to_string(size);
  (out += "\r\nX-Service-Time-Us: ") += std::to_string(took.count());
  out += "\r\n";
  if (form.close)
    out += "Connection: close\r\n";
  else if (!form.http_1_1)
    out += "Connection: keep-alive\r\n";
  (out += a.fields) += "\r\n";
}

}  // namespace tvl::upstream
