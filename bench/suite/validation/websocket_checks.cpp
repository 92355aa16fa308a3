#include "bench/suite/validation/websocket_checks.hpp"

#include "bench/suite/validation/contract.hpp"
#include "bench/suite/validation/websocket_client.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace tvl::suite {
namespace {

std::string random_text(subject& x) {
  std::string text(std::uniform_int_distribution<std::size_t>(1, 20'000)(x.random), ' ');
  for (auto& c : text) c = static_cast<char>(std::uniform_int_distribution<int>('a', 'z')(x.random));
  return text;
}

// `exchange` must return its argument.
check same(const std::string& name, subject& x, const std::function<std::string(const std::string&)>& exchange) {
  const auto text = random_text(x);
  const auto expected = "the message " + shown(text);
  try {
    const auto got = exchange(text);
    return verdict(name, got == text, expected, shown(got));
  } catch (const websocket_failed& error) {
    return verdict(name, false, expected, error.what());
  }
}

constexpr std::chrono::milliseconds between_tries{100};

constexpr std::chrono::milliseconds for_another{1000};

// Another message may come before the echo, such as a greeting: it is returned when the echo does not follow.
std::string echoed(const std::string& url, const std::string& text) {
  websocket_client client(url, request_limit);
  client.send(text);
  const auto first = client.receive(request_limit);
  if (!first) throw websocket_failed("nothing");
  auto got = first;
  while (got && *got != text) got = client.receive(for_another);
  if (got) client.close();
  return got ? *got : *first;
}

// A room may add a member only after its handshake has ended: repeat the message until it is delivered. Other messages,
// such as a greeting, are returned when it never is.
std::string delivered(const std::string& url, const std::string& text) {
  websocket_client sender(url, request_limit), member(url, request_limit);
  std::optional<std::string> got;
  for (int tries = 0; got != text && tries < request_limit / between_tries; ++tries) {
    sender.send(text);
    if (auto next = member.receive(between_tries)) got = std::move(next);
  }
  if (!got) throw websocket_failed("nothing");
  if (got != text) return *got;
  member.close();
  sender.close();
  return *got;
}

}  // namespace

std::vector<check> check_websocket(const std::string& endpoint, subject& x) {
  std::vector<check> results;
  const auto plain = x.get(endpoint);
  results.push_back(verdict(endpoint + " without upgrade", succeeded(plain, upgrade_required),
                            std::to_string(upgrade_required) + " to a request for no WebSocket", shown(plain)));
  x.disconnect();
  const auto url = x.url(endpoint);
  results.push_back(same(endpoint, x, [&](const std::string& text) {
    return endpoint == "ws_echo" ? echoed(url, text) : delivered(url, text);
  }));
  return results;
}

}  // namespace tvl::suite
