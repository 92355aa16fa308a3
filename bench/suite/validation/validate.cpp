#include "bench/suite/validation/validate.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/validation/request_check.hpp"
#include "bench/suite/validation/subject.hpp"
#include "bench/suite/validation/wait_checks.hpp"
#include "bench/suite/validation/websocket_checks.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <random>
#include <utility>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

constexpr auto close_limit = 2s;
constexpr int overlapping = 32;

// For checks of the connection.
const values cheap = {{"n", "1"}, {"ms", "1"}, {"us", "1"}, {"name", "small"}, {"command", "echo"}};

check waited(const std::string& name, const reply& r, const std::string& value, double least_ms, double most_ms) {
  if (!succeeded(r) || r.body != value) return verdict(name, false, "200 and " + shown(value), shown(r));
  return in_time(name, r, least_ms, most_ms);
}

class validator {
 public:
  explicit validator(const validation_spec& spec) : spec_(spec), x_(spec) {}

  void endpoint(const std::string& name) {
    if (const auto why = spec_.unavailable.find(name); offered(name) && why != spec_.unavailable.end()) {
      results_.push_back({name, finding::not_checked, "", why->second});
    } else if (!offered(name)) {
      results_.push_back({name, finding::not_offered, "", ""});
    } else if (const auto own = spec_.requests.find(name); own != spec_.requests.end()) {
      results_.push_back(check_request(name, own->second, x_));
    } else if (name == "plaintext") {
      fixed(name, "Hello, World!", "text/plain");
    } else if (name == "json") {
      json(name);
    } else if (name == "bytes") {
      bytes(name);
    } else if (name == "echo" || name == "upload") {
      body(name);
    } else if (name == "delay" || name == "block" || name == "offload") {
      wait(name, "ms", 20, 120, 1);
      if (name == "delay") overlap(name);
    } else if (name == "cpu" || name == "cpu_offload") {
      wait(name, "us", 500, 5000, 1e-3);
    } else if (is_websocket(name)) {
      std::ranges::move(check_websocket(name, x_), std::back_inserter(results_));
    } else {
      waits(name);
    }
  }

  // Checks connections with this endpoint; false when it does not take GET.
  bool connection(const std::string& name) {
    if (!offered(name) || spec_.unavailable.contains(name) || !takes_get(name)) return false;
    const auto where = x_.url(name, cheap);
    http_client client(request_limit, headers_of(name));
    client.get(where);
    const auto second = client.get(where);
    report("keep-alive", second.error.empty() && !second.new_connection, "the second request on the same connection",
           second.error.empty() ? "a new connection" : second.error);
    report("connection: close", closes_when_asked(where, close_limit, headers_of(name)),
           "the connection closed after the reply",
           "still open, or no reply, after " + std::to_string(close_limit.count()) + " s");
    return true;
  }

  std::vector<check> results() { return std::move(results_); }

 private:
  bool offered(const std::string& name) const { return spec_.offered.contains(name); }

  bool takes_get(const std::string& name) const {
    const auto own = spec_.requests.find(name);
    if (own != spec_.requests.end()) return own->second.method == "GET";
    return name != "echo" && name != "upload" && !is_websocket(name);
  }

  std::vector<std::string> headers_of(const std::string& name) const {
    const auto own = spec_.requests.find(name);
    return own != spec_.requests.end() ? own->second.headers : spec_.headers;
  }

  void report(const std::string& name, bool right, const std::string& expected, const std::string& got) {
    results_.push_back(verdict(name, right, expected, got));
  }

  void fixed(const std::string& name, const std::string& text, const std::string& type) {
    const auto r = x_.get(name);
    report(name, succeeded(r) && r.body == text && r.type.starts_with(type), "200 " + type + " " + shown(text),
           shown(r));
  }

  void json(const std::string& name) {
    const auto expected = nlohmann::json{{"message", "Hello, World!"}};
    const auto r = x_.get(name);
    report(name, object_of(r) == expected, "200 application/json " + expected.dump(), shown(r));
  }

  void bytes(const std::string& name) {
    const auto n = static_cast<std::size_t>(x_.choose(name, "n", 1, 100'000));
    std::string pattern(n, ' ');
    for (std::size_t i = 0; i < n; ++i) pattern[i] = "0123456789abcdef"[i % 16];
    const auto r = x_.get(name, {{"n", std::to_string(n)}});
    report(name, succeeded(r) && r.body == pattern, "200 and " + shown(pattern), shown(r));
  }

  void body(const std::string& name) {
    std::string sent(std::uniform_int_distribution<std::size_t>(1, 20'000)(x_.random), ' ');
    for (auto& byte : sent) byte = static_cast<char>(x_.random());
    const auto wanted = name == "echo" ? sent : std::to_string(sent.size());
    const auto r = x_.post(name, sent);
    report(name, succeeded(r) && r.body == wanted,
           name == "echo" ? "200 and the " + std::to_string(sent.size()) + " bytes sent" : "200 and " + shown(wanted),
           shown(r));
  }

  void wait(const std::string& name, const std::string& key, long low, long high, double unit_ms) {
    const long value = x_.choose(name, key, low, high);
    const double least = static_cast<double>(value) * unit_ms;
    const auto r = x_.get(name, {{key, std::to_string(value)}});
    results_.push_back(waited(name, r, std::to_string(value), least, least + late_limit_ms));
  }

  // Every reply matches its request, and none is early. They may be late: a pool queues them.
  void overlap(const std::string& name) {
    std::vector<std::future<check>> replies;
    for (int i = 0; i < overlapping; ++i) {
      const auto ms = x_.choose(name, "ms", 20, 120);
      const auto where = x_.url(name, {{"ms", std::to_string(ms)}});
      replies.push_back(std::async(std::launch::async, [name, ms, where, headers = spec_.headers] {
        return waited(name + " overlapping", http_client(request_limit, headers).get(where), std::to_string(ms),
                      static_cast<double>(ms), std::chrono::duration<double, std::milli>(request_limit).count());
      }));
    }
    check worst{name + " overlapping", finding::pass, "", ""};
    for (auto& pending : replies) {
      auto one = pending.get();
      if (one.result == finding::fail) worst = std::move(one);
    }
    results_.push_back(std::move(worst));
  }

  void waits(const std::string& name) {
    auto found = check_waits(name, x_);
    if (found.empty()) {
      const auto r = x_.get(name);
      found.push_back(verdict(name, succeeded(r), "200", shown(r)));
    }
    std::ranges::move(found, std::back_inserter(results_));
  }

  const validation_spec& spec_;
  subject x_;
  std::vector<check> results_;
};

}  // namespace

std::vector<check> validate(const validation_spec& spec) {
  validator x(spec);
  for (const auto& name : spec.endpoints) x.endpoint(name);
  // The cheapest request first.
  auto names = spec.endpoints;
  if (const auto plain = std::ranges::find(names, "plaintext"); plain != names.end())
    std::iter_swap(names.begin(), plain);
  for (const auto& name : names) {
    if (x.connection(name)) break;
  }
  return x.results();
}

std::string first_failure(const std::vector<check>& checks) {
  const auto failed = std::ranges::find(checks, finding::fail, &check::result);
  if (failed == checks.end()) return "";
  return failed->endpoint + ": expected " + failed->expected + ", got " + failed->got;
}

}  // namespace tvl::suite
