#include "bench/suite/validate.hpp"

#include "bench/suite/endpoints.hpp"
#include "bench/suite/format.hpp"
#include "bench/suite/http_probe.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <random>
#include <utility>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

constexpr auto request_limit = 10s;
constexpr auto close_limit = 2s;
constexpr double late_limit_ms = 2000;  // a wait may be late on a busy machine, but not that late
constexpr int overlapping = 32;

// For a terminal and for JSON, whatever bytes the server sent.
std::string shown(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '.';
  }
  return text.size() <= 60 ? "'" + text + "'"
                           : "'" + text.substr(0, 57) + "...' (" + std::to_string(text.size()) + " bytes)";
}

// What came, as far as it is of interest.
std::string shown(const reply& r) {
  if (!r.error.empty()) return r.error;
  return std::to_string(r.status) + " " + (r.type.empty() ? "without a type" : r.type) + " " + shown(r.body);
}

check verdict(std::string endpoint, bool right, std::string expected, std::string got) {
  return {std::move(endpoint), right ? finding::pass : finding::fail, std::move(expected), std::move(got)};
}

class examiner {
 public:
  explicit examiner(const examination& e) : e_(e), random_(e.seed), client_(request_limit) {}

  void endpoint(const std::string& name) {
    if (!e_.offered.contains(name)) {
      results_.push_back({name, finding::not_offered, "", ""});
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
    } else if (name == "ws_echo" || name == "ws_room") {
      const auto r = client_.get(url(name, {}));
      report(name, r.error.empty() && r.status == 426, "426 to a request for no WebSocket", shown(r));
    } else {
      const auto r = client_.get(url(name, {}));
      report(name, r.error.empty() && r.status == 200, "200", shown(r));
    }
  }

  // By an endpoint that takes GET; false when this one does not.
  bool connection(const std::string& name) {
    if (!e_.offered.contains(name) || name == "echo" || name == "upload") return false;
    const auto where = url(name, {});
    http_client client(request_limit);
    client.get(where);
    const auto second = client.get(where);
    report("keep-alive", second.error.empty() && !second.new_connection, "the second request on the same connection",
           second.error.empty() ? "a new connection" : second.error);
    report("connection: close", closes_when_asked(where, close_limit), "the connection closed after the reply",
           "still open, or no reply, after " + std::to_string(close_limit.count()) + " s");
    return true;
  }

  std::vector<check> results() { return std::move(results_); }

 private:
  void report(const std::string& name, bool right, const std::string& expected, const std::string& got) {
    results_.push_back(verdict(name, right, expected, got));
  }

  // `chosen` wins over the workload's parameters.
  std::string url(const std::string& name, const std::map<std::string, std::string>& chosen) const {
    return e_.base + fill(e_.offered.at(name), [&](const std::string& key) -> std::optional<std::string> {
             for (const auto* values : {&chosen, &e_.parameters}) {
               if (const auto found = values->find(key); found != values->end()) return found->second;
             }
             return std::nullopt;
           });
  }

  // A random value where the path has a place for it, else the workload's own.
  long choose(const std::string& name, const std::string& key, long low, long high) {
    const auto names = placeholders(e_.offered.at(name));
    const bool open = std::ranges::find(names, key) != names.end();
    const auto given = e_.parameters.find(key);
    if (!open && given != e_.parameters.end()) return std::stol(given->second);
    return std::uniform_int_distribution<long>(low, high)(random_);
  }

  void fixed(const std::string& name, const std::string& text, const std::string& type) {
    const auto r = client_.get(url(name, {}));
    report(name, r.error.empty() && r.status == 200 && r.body == text && r.type.starts_with(type),
           "200 " + type + " " + shown(text), shown(r));
  }

  void json(const std::string& name) {
    const auto expected = nlohmann::json{{"message", "Hello, World!"}};
    const auto r = client_.get(url(name, {}));
    const bool same = nlohmann::json::parse(r.body, nullptr, false) == expected;
    report(name, r.error.empty() && r.status == 200 && same && r.type.starts_with("application/json"),
           "200 application/json " + expected.dump(), shown(r));
  }

  void bytes(const std::string& name) {
    const auto n = static_cast<std::size_t>(choose(name, "n", 1, 100'000));
    std::string pattern(n, ' ');
    for (std::size_t i = 0; i < n; ++i) pattern[i] = "0123456789abcdef"[i % 16];
    const auto r = client_.get(url(name, {{"n", std::to_string(n)}}));
    report(name, r.error.empty() && r.status == 200 && r.body == pattern, "200 and " + shown(pattern), shown(r));
  }

  void body(const std::string& name) {
    std::string sent(std::uniform_int_distribution<std::size_t>(1, 20'000)(random_), ' ');
    for (auto& byte : sent) byte = static_cast<char>(random_());
    const auto wanted = name == "echo" ? sent : std::to_string(sent.size());
    const auto r = client_.post(url(name, {}), sent);
    report(name, r.error.empty() && r.status == 200 && r.body == wanted,
           name == "echo" ? "200 and the " + std::to_string(sent.size()) + " bytes sent" : "200 and " + shown(wanted),
           shown(r));
  }

  static check waited(const std::string& name, const reply& r, const std::string& value, double least_ms,
                      double most_ms) {
    const bool right = r.error.empty() && r.status == 200 && r.body == value;
    const double took = r.took.count();
    if (!right) return verdict(name, false, "200 and " + shown(value), shown(r));
    return verdict(name, took >= least_ms && took <= most_ms,
                   "a reply after " + time_text(least_ms * 1e-3) + " to " + time_text(most_ms * 1e-3),
                   "one after " + time_text(took * 1e-3));
  }

  void wait(const std::string& name, const std::string& key, long low, long high, double unit_ms) {
    const long value = choose(name, key, low, high);
    const double least = static_cast<double>(value) * unit_ms;
    const auto r = client_.get(url(name, {{key, std::to_string(value)}}));
    results_.push_back(waited(name, r, std::to_string(value), least, least + late_limit_ms));
  }

  // Each reply is its own request's, and none is early. How late they may be depends on the model: a pool
  // makes them wait.
  void overlap(const std::string& name) {
    std::vector<std::future<check>> replies;
    for (int i = 0; i < overlapping; ++i) {
      const long ms = choose(name, "ms", 20, 120);
      replies.push_back(std::async(std::launch::async, [this, name, ms] {
        const auto r = http_client(request_limit).get(url(name, {{"ms", std::to_string(ms)}}));
        return waited(name + " overlapping", r, std::to_string(ms), static_cast<double>(ms),
                      std::chrono::duration<double, std::milli>(request_limit).count());
      }));
    }
    check worst{name + " overlapping", finding::pass, "", ""};
    for (auto& pending : replies) {
      auto one = pending.get();
      if (one.result == finding::fail) worst = std::move(one);
    }
    results_.push_back(std::move(worst));
  }

  const examination& e_;
  std::mt19937_64 random_;
  http_client client_;
  std::vector<check> results_;
};

}  // namespace

std::vector<check> validate(const examination& e) {
  examiner x(e);
  for (const auto& name : e.endpoints) x.endpoint(name);
  // The cheapest request that there is comes first.
  auto names = e.endpoints;
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
