#include "bench/suite/validation/wait_checks.hpp"

#include "bench/suite/services/postgres.hpp"
#include "bench/suite/services/redis.hpp"
#include "bench/suite/services/upstream.hpp"
#include "bench/suite/validation/contract.hpp"
#include "bench/support/format.hpp"
#include "servers/upstream/objects.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace tvl::suite {
namespace {

using nlohmann::json;
using checks = std::vector<check>;

bool knows(const subject& x, const char* service) { return x.spec.known.contains(service); }

// Null if the member is absent or `of` is not an object.
json part(const json& of, const char* key) { return of.is_object() && of.contains(key) ? of.at(key) : json(); }

// Both orders if the path has the placeholder, else the spec's.
std::vector<std::string> orders(const subject& x, const std::string& endpoint) {
  if (x.has_placeholder(endpoint, "order")) return {"serial", "gather"};
  return {x.given("order").value_or("serial")};
}

std::string in_order(const std::string& endpoint, const std::string& order) {
  return order == "gather" ? endpoint + " gather" : endpoint;
}

// Serial calls take at least their sum; gathered calls take about the longest. There are so many gathered calls that a
// late reply still comes before their sum.
check fetch_in(const std::string& order, subject& x) {
  const bool gather = order == "gather";
  const auto name = in_order("fetch", order);
  const long n = gather ? x.choose("fetch", "n", 20, 24) : x.choose("fetch", "n", 2, 4);
  const long ms = gather ? x.choose("fetch", "ms", 150, 200) : x.choose("fetch", "ms", 20, 60);
  const auto r = x.get("fetch", {{"n", std::to_string(n)}, {"ms", std::to_string(ms)}, {"order", order}});
  const auto bytes = part(object_of(r), "bytes");
  const auto whole = static_cast<std::size_t>(n) * upstream_reply.size();
  const bool all = knows(x, "upstream") ? bytes == whole : bytes.is_number_unsigned() && bytes >= n;
  if (!all || part(object_of(r), "calls") != n) {
    return verdict(name, false, "200 and " + json{{"calls", n}, {"bytes", whole}}.dump(), shown(r));
  }
  const auto least = static_cast<double>(gather ? ms : n * ms);
  return in_time(name, r, least, least + late_limit_ms);
}

checks check_fetch(subject& x) {
  checks all;
  for (const auto& order : orders(x, "fetch")) all.push_back(fetch_in(order, x));
  return all;
}

checks check_cache(subject& x) {
  auto key = redis_key(static_cast<int>(x.random() % redis_keys));
  if (!x.has_placeholder("cache", "key")) key = x.given("key").value_or("");
  const auto r = x.get("cache", {{"key", key}});
  const auto wanted = redis_value(key);
  const auto expected = "200 and " + shown(wanted);
  checks all = {knows(x, "redis") ? same_body("cache", r, wanted, expected)
                                  : verdict("cache", succeeded(r) && !r.body.empty(), expected, shown(r))};
  if (x.has_placeholder("cache", "key")) {
    const auto none = x.get("cache", {{"key", "absent:" + std::to_string(x.random())}});
    all.push_back(verdict("cache miss", succeeded(none, 404), "404", shown(none)));
  }
  return all;
}

json as_json(const item& row) { return {{"id", row.id}, {"name", row.name}, {"price", row.price}}; }

checks check_db(subject& x) {
  const long id = x.choose("db", "id", 1, postgres_rows);
  const long ms = x.has_placeholder("db", "ms") ? x.choose("db", "ms", 200, 250) : 0;
  const auto r = x.get("db", {{"id", std::to_string(id)}, {"ms", std::to_string(ms)}});
  const auto wanted = as_json(postgres_row(static_cast<int>(id)));
  const auto row = object_of(r);
  const bool right = knows(x, "postgres") ? row == wanted : part(row, "id") == id;
  checks all;
  if (right) {
    all.push_back(in_time("db", r, static_cast<double>(ms), static_cast<double>(ms) + late_limit_ms));
  } else {
    all.push_back(verdict("db", false, "200 and " + wanted.dump(), shown(r)));
  }
  if (x.has_placeholder("db", "id")) {
    const auto none = x.get("db", {{"id", "2147483647"}, {"ms", "0"}});
    all.push_back(verdict("db miss", succeeded(none, 404), "404", shown(none)));
  }
  return all;
}

checks check_token(subject& x) {
  const auto r = x.get("token");
  return {verdict("token", part(object_of(r), "active") == true, R"(200 and {"active":true})", shown(r))};
}

// The index of the first byte that differs from the object; none = equal.
std::optional<std::size_t> first_difference(const std::string& body, std::uint64_t size) {
  for (std::size_t at = 0; at < size;) {
    const auto piece = upstream::object_content(at, size - at);
    const auto same =
        std::mismatch(piece.begin(), piece.end(), body.begin() + static_cast<std::ptrdiff_t>(at), body.end());
    at += static_cast<std::size_t>(same.first - piece.begin());
    if (same.first != piece.end()) return at;
  }
  return body.size() > size ? std::optional<std::size_t>(size) : std::nullopt;
}

// Larger than all buffers on the way.
checks check_object(subject& x) {
  auto name = x.given("name").value_or("small");
  if (x.has_placeholder("object", "name") && knows(x, "upstream"))
    name = std::to_string(1'500'000 + x.random() % 1'500'000) + "B";
  const auto r = x.get("object", {{"name", name}});
  const auto size = upstream::object_size(name);
  if (!knows(x, "upstream") || !size) {
    return {verdict("object", succeeded(r) && !r.body.empty(), "200 and an object", shown(r))};
  }
  const auto wanted = "200 and the " + std::to_string(*size) + " bytes of " + name;
  if (!succeeded(r)) return {verdict("object", false, wanted, shown(r))};
  const auto wrong = first_difference(r.body, *size);
  return {verdict("object", !wrong, wanted,
                  std::to_string(r.body.size()) + " bytes, wrong from byte " + std::to_string(wrong.value_or(0)))};
}

check run_command(const std::string& command, subject& x) {
  const long ms = x.choose("run", "ms", 20, 120);
  const auto r = x.get("run", {{"command", command}, {"ms", std::to_string(ms)}});
  if (command == "fail") return verdict("run fail", succeeded(r, 502), "502", shown(r));
  if (command == "sleep") {
    auto same = same_body("run sleep", r, slept(ms), "200 and " + shown(slept(ms)));
    if (same.result == finding::fail) return same;
    return in_time("run sleep", r, static_cast<double>(ms), static_cast<double>(ms) + late_limit_ms);
  }
  return same_body("run", r, subprocess_output, "200 and " + shown(subprocess_output));
}

checks check_run(subject& x) {
  if (!x.has_placeholder("run", "command")) return {run_command(x.given("command").value_or("echo"), x)};
  checks all;
  for (const auto* command : {"echo", "sleep", "fail"}) all.push_back(run_command(command, x));
  return all;
}

std::string chunks(long n) {
  std::string all;
  for (long i = 0; i < n; ++i) all += stream_chunk(i);
  return all;
}

// No chunk may be early. Streaming shows in the time between the first and the last byte; half of it is enough, because
// this client may read the first byte late.
checks check_stream(subject& x) {
  const long n = x.choose("stream", "n", 7, 9);
  const long ms = x.choose("stream", "ms", 40, 60);
  const auto r = x.get("stream", {{"n", std::to_string(n)}, {"ms", std::to_string(ms)}});
  auto same = same_body("stream", r, chunks(n), "200 and " + shown(chunks(n)));
  if (same.result == finding::fail) return {same};
  const auto apart = static_cast<double>(std::max(0L, n - 1) * ms);
  const double spread = r.body_took.count();
  const auto whole = in_time("stream", r, apart, apart + static_cast<double>(ms) + late_limit_ms);
  if (whole.result == finding::fail || spread >= apart / 2) return {whole};
  return {verdict("stream", false, "pieces over " + time_text(apart * 1e-3), "all within " + time_text(spread * 1e-3))};
}

// The wrong or missing part of an aggregate reply; empty = none. Its key, row and object: servers/waits/aggregate.hpp.
std::string wrong_part(const json& all, const subject& x) {
  const auto cache = part(all, "cache"), db = part(all, "db"), api = part(all, "api"),
             bytes = part(all, "object_bytes");
  const bool ours = knows(x, "upstream");
  if (part(part(all, "token"), "active") != true) return "token";
  if (knows(x, "redis") ? cache != redis_value(redis_key(1)) : !cache.is_string() || cache == "") return "cache";
  if (knows(x, "postgres") ? db != as_json(postgres_row(1)) : !db.is_object()) return "db";
  if (ours ? api != json::parse(upstream_reply) : api.is_null()) return "api";
  if (ours ? bytes != *upstream::object_size("small") : !bytes.is_number_unsigned()) return "object_bytes";
  return "";
}

checks check_services(subject& x) {
  checks all;
  for (const auto& order : orders(x, "services")) {
    const auto r = x.get("services", {{"order", order}});
    const auto wrong = succeeded(r) ? wrong_part(object_of(r), x) : "all";
    all.push_back(verdict(in_order("services", order), wrong.empty(),
                          "200 and JSON with token, cache, db, api, object_bytes",
                          shown(r) + (succeeded(r) ? ", wrong: " + wrong : "")));
  }
  return all;
}

}  // namespace

std::vector<check> check_waits(const std::string& endpoint, subject& x) {
  static const std::map<std::string, std::function<checks(subject&)>> rules = {
      {"fetch", check_fetch},   {"cache", check_cache}, {"db", check_db},         {"token", check_token},
      {"object", check_object}, {"run", check_run},     {"stream", check_stream}, {"services", check_services},
  };
  const auto found = rules.find(endpoint);
  return found != rules.end() ? found->second(x) : checks();
}

}  // namespace tvl::suite
