#include "bench/suite/validation/validate.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/validation/contract.hpp"
#include "bench/suite/validation/delayed_ack.hpp"
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

// For checks of the connection.
const values cheap = {{"n", "1"}, {"ms", "1"}, {"us", "1"}, {"name", "small"}, {"command", "echo"}};

check waited(const std::string& name, const reply& r, const std::string& value, double least_ms, double most_ms) {
  auto same = same_body(name, r, value, "200 and " + shown(value));
  return same.result == finding::fail ? same : in_time(name, r, least_ms, most_ms);
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
      results_.push_back(same_body(name, x_.get(name), hello, "200 text/plain " + shown(hello), text_type));
    } else if (name == "json") {
      json(name);
    } else if (name == "bytes") {
      bytes(name);
    } else if (takes_body(name)) {
      body(name);
    } else if (name == "delay" || name == "block" || name == "offload") {
      wait(name, "ms", 20, 120, 1);
      if (name == "delay") overlap(name);
    } else if (name == "cpu" || name == "cpu_offload") {
      wait(name, "us", 500, 5000, 1e-3);
    } else if (name == "touch") {
      wait(name, "kib", 0, 64, 0);
    } else if (is_websocket(name)) {
      std::ranges::move(check_websocket(name, x_), std::back_inserter(results_));
    } else {
      waits(name);
    }
  }

  // Checks connections with this endpoint; false when its requests have a body and `posts` is false, or the reverse.
  bool connection(const std::string& name, bool posts) {
    if (!offered(name) || spec_.unavailable.contains(name) || is_websocket(name)) return false;
    const auto request = request_for(name);
    if ((request.method != "GET") != posts) return false;
    const auto where = x_.url(name, cheap);
    x_.disconnect();
    results_.push_back(kept(where, request));
    if (!posts)
      report("connection: close", closes_when_asked(where, close_limit, request.headers),
             "the connection closed after the reply",
             "still open, or no reply, after " + std::to_string(close_limit.count()) + " s");
    return true;
  }

  std::vector<check> results() { return std::move(results_); }

 private:
  bool offered(const std::string& name) const { return spec_.offered.contains(name); }

  http_request request_for(const std::string& name) const {
    if (const auto own = spec_.requests.find(name); own != spec_.requests.end()) return request_of(own->second);
    if (takes_body(name)) return {"POST", spec_.headers, "x"};
    return {"GET", spec_.headers, std::nullopt};
  }

  void report(const std::string& name, bool right, const std::string& expected, const std::string& got) {
    results_.push_back(verdict(name, right, expected, got));
  }

  static check kept(const std::string& where, const http_request& request) {
    http_client client(request_limit);
    const auto again = [&] { return client.send(where, request); };
    again();
    const auto second = again();
    check c = verdict(keep_alive, second.error.empty() && !second.new_connection,
                      "the second request on the same connection", second.error);
    if (second.error.empty() && second.new_connection)
      return {keep_alive, finding::not_offered, "", "",
              "a connection ends after one reply; measured where each request has its own, as in churn"};
    if (c.result == finding::pass) c.note = delayed_ack_hint(times_of(again, delayed_ack_replies));
    return c;
  }

  void json(const std::string& name) {
    const auto expected = nlohmann::json{{"message", hello}};
    const auto r = x_.get(name);
    report(name, object_of(r) == expected, "200 application/json " + expected.dump(), shown(r));
  }

  void bytes(const std::string& name) {
    const auto n = static_cast<std::size_t>(x_.choose(name, "n", 1, 100'000));
    std::string pattern(n, ' ');
    for (std::size_t i = 0; i < n; ++i) pattern[i] = bytes_pattern[i % 16];
    const auto r = x_.get(name, {{"n", std::to_string(n)}});
    results_.push_back(same_body(name, r, pattern, "200 and " + shown(pattern)));
  }

  void body(const std::string& name) {
    std::string sent(std::uniform_int_distribution<std::size_t>(1, 20'000)(x_.random), ' ');
    for (auto& byte : sent) byte = static_cast<char>(x_.random());
    const auto wanted = name == "echo" ? sent : std::to_string(sent.size());
    const auto r = x_.post(name, sent);
    results_.push_back(same_body(
        name, r, wanted,
        "200 and " + (name == "echo" ? "the " + std::to_string(sent.size()) + " bytes sent" : shown(wanted))));
  }

  void wait(const std::string& name, const std::string& key, long low, long high, double unit_ms) {
    const long value = x_.choose(name, key, low, high);
    const double least = static_cast<double>(value) * unit_ms;
    const auto r = x_.get(name, {{key, std::to_string(value)}});
    results_.push_back(waited(name, r, std::to_string(value), least, least + late_limit_ms));
  }

  // Every reply matches its request, and none is early. They may be late: a pool queues them.
  void overlap(const std::string& name) {
    x_.disconnect();
    std::vector<std::future<check>> replies;
    for (int i = 0; i < overlapping_requests; ++i) {
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
  const auto checks_connections = [&](bool posts) {
    return std::ranges::any_of(names, [&](const std::string& name) { return x.connection(name, posts); });
  };
  if (!checks_connections(false)) checks_connections(true);
  return x.results();
}

std::string first_failure(const std::vector<check>& checks) {
  const auto failed = std::ranges::find(checks, finding::fail, &check::result);
  if (failed == checks.end()) return "";
  return failed->endpoint + ": expected " + failed->expected + ", got " + failed->got +
         (failed->note.empty() ? "" : ", " + failed->note);
}

bool lacks_keep_alive(const std::vector<check>& checks) {
  const auto found = std::ranges::find(checks, keep_alive, &check::endpoint);
  return found != checks.end() && found->result == finding::not_offered;
}

}  // namespace tvl::suite
