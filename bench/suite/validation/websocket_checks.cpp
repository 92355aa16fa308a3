#include "bench/suite/validation/websocket_checks.hpp"

#include "bench/suite/validation/contract.hpp"
#include "bench/suite/validation/websocket_client.hpp"

#include <functional>

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

std::string echoed(const std::string& url, const std::string& text) {
  websocket_client client(url, request_limit);
  client.send(text);
  const auto got = client.receive(request_limit);
  if (!got) throw websocket_failed("nothing");
  client.close();
  return *got;
}

// A room may add a member only after its handshake has ended: repeat the message until it is delivered.
std::string delivered(const std::string& url, const std::string& text) {
  websocket_client sender(url, request_limit), member(url, request_limit);
  std::optional<std::string> got;
  for (int tries = 0; !got && tries < request_limit / between_tries; ++tries) {
    sender.send(text);
    got = member.receive(between_tries);
  }
  if (!got) throw websocket_failed("nothing");
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
  const auto url = x.url(endpoint);
  results.push_back(same(endpoint, x, [&](const std::string& text) {
    return endpoint == "ws_echo" ? echoed(url, text) : delivered(url, text);
  }));
  return results;
}

}  // namespace tvl::suite
