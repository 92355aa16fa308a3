#include "bench/suite/validation/wait_checks.hpp"

#include "bench/suite/services/postgres.hpp"
#include "bench/suite/services/redis.hpp"
#include "bench/suite/services/upstream.hpp"
#include "bench/support/format.hpp"
#include "servers/upstream/objects.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace tvl::suite {
namespace {

using nlohmann::json;
using checks = std::vector<check>;

bool knows(const examinee& x, const char* service) { return x.facts.known.contains(service); }

// Null where there is none, so that any JSON may be looked at.
json part(const json& of, const char* key) { return of.is_object() && of.contains(key) ? of.at(key) : json(); }

// Both orders where the path has a place for one, else the workload's.
std::vector<std::string> orders(const examinee& x, const std::string& endpoint) {
  if (x.open(endpoint, "order")) return {"serial", "gather"};
  return {x.given("order").value_or("serial")};
}

std::string in_order(const std::string& endpoint, const std::string& order) {
  return order == "gather" ? endpoint + " gather" : endpoint;
}

// One after another takes the sum at least. At once takes about the longest: so many calls are made that their sum is
// out of reach for a reply that is only late.
check fetch_in(const std::string& order, examinee& x) {
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

checks check_fetch(examinee& x) {
  checks all;
  for (const auto& order : orders(x, "fetch")) all.push_back(fetch_in(order, x));
  return all;
}

checks check_cache(examinee& x) {
  auto key = redis_key(static_cast<int>(x.random() % redis_keys));
  if (!x.open("cache", "key")) key = x.given("key").value_or("");
  const auto r = x.get("cache", {{"key", key}});
  const auto wanted = redis_value(key);
  const bool right = came(r) && (knows(x, "redis") ? r.body == wanted : !r.body.empty());
  checks all = {verdict("cache", right, "200 and " + shown(wanted), shown(r))};
  if (x.open("cache", "key")) {
    const auto none = x.get("cache", {{"key", "absent:" + std::to_string(x.random())}});
    all.push_back(verdict("cache miss", came(none, 404), "404", shown(none)));
  }
  return all;
}

json as_json(const item& row) { return {{"id", row.id}, {"name", row.name}, {"price", row.price}}; }

checks check_db(examinee& x) {
  const long id = x.choose("db", "id", 1, postgres_rows);
  const long ms = x.open("db", "ms") ? x.choose("db", "ms", 200, 250) : 0;
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
  if (x.open("db", "id")) {
    const auto none = x.get("db", {{"id", "2147483647"}, {"ms", "0"}});
    all.push_back(verdict("db miss", came(none, 404), "404", shown(none)));
  }
  return all;
}

checks check_token(examinee& x) {
  const auto r = x.get("token");
  return {verdict("token", part(object_of(r), "active") == true, R"(200 and {"active":true})", shown(r))};
}

// The first byte that is not the object's, or where it ends too early; none = it is the object.
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

// More than any buffer on the way holds.
checks check_object(examinee& x) {
  auto name = x.given("name").value_or("small");
  if (x.open("object", "name") && knows(x, "upstream")) name = std::to_string(1'500'000 + x.random() % 1'500'000) + "B";
  const auto r = x.get("object", {{"name", name}});
  const auto size = upstream::object_size(name);
  if (!knows(x, "upstream") || !size) {
    return {verdict("object", came(r) && !r.body.empty(), "200 and an object", shown(r))};
  }
  const auto wanted = "200 and the " + std::to_string(*size) + " bytes of " + name;
  if (!came(r)) return {verdict("object", false, wanted, shown(r))};
  const auto wrong = first_difference(r.body, *size);
  return {verdict("object", !wrong, wanted,
                  std::to_string(r.body.size()) + " bytes, wrong from byte " + std::to_string(wrong.value_or(0)))};
}

check run_command(const std::string& command, examinee& x) {
  const long ms = x.choose("run", "ms", 20, 120);
  const auto r = x.get("run", {{"command", command}, {"ms", std::to_string(ms)}});
  if (command == "fail") return verdict("run fail", came(r, 502), "502", shown(r));
  if (command == "sleep") {
    const auto slept = "slept " + std::to_string(ms) + " ms\n";
    if (!came(r) || r.body != slept) return verdict("run sleep", false, "200 and " + shown(slept), shown(r));
    return in_time("run sleep", r, static_cast<double>(ms), static_cast<double>(ms) + late_limit_ms);
  }
  const std::string output = "hello from a subprocess\n";
  return verdict("run", came(r) && r.body == output, "200 and " + shown(output), shown(r));
}

checks check_run(examinee& x) {
  if (!x.open("run", "command")) return {run_command(x.given("command").value_or("echo"), x)};
  checks all;
  for (const auto* command : {"echo", "sleep", "fail"}) all.push_back(run_command(command, x));
  return all;
}

std::string chunks(long n) {
  std::string all;
  for (long i = 0; i < n; ++i) all += "chunk " + std::to_string(i) + "\n";
  return all;
}

// None is early. That they come one by one shows in the time between the first and the last byte; this side may read
// the first one late, so half of it is enough.
checks check_stream(examinee& x) {
  const long n = x.choose("stream", "n", 7, 9);
  const long ms = x.choose("stream", "ms", 40, 60);
  const auto r = x.get("stream", {{"n", std::to_string(n)}, {"ms", std::to_string(ms)}});
  if (!came(r) || r.body != chunks(n)) return {verdict("stream", false, "200 and " + shown(chunks(n)), shown(r))};
  const auto apart = static_cast<double>(std::max(0L, n - 1) * ms);
  const double spread = r.body_took.count();
  const auto whole = in_time("stream", r, apart, apart + static_cast<double>(ms) + late_limit_ms);
  if (whole.result == finding::fail || spread >= apart / 2) return {whole};
  return {verdict("stream", false, "pieces over " + time_text(apart * 1e-3), "all within " + time_text(spread * 1e-3))};
}

// What is wrong in a reply that has to hold a part from every service; empty = nothing. Which key, row and object:
// see servers/waits/aggregate.hpp.
std::string wrong_part(const json& all, const examinee& x) {
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

checks check_services(examinee& x) {
  checks all;
  for (const auto& order : orders(x, "services")) {
    const auto r = x.get("services", {{"order", order}});
    const auto wrong = came(r) ? wrong_part(object_of(r), x) : "all";
    all.push_back(verdict(in_order("services", order), wrong.empty(),
                          "200 and JSON with token, cache, db, api, object_bytes",
                          shown(r) + (came(r) ? ", wrong: " + wrong : "")));
  }
  return all;
}

}  // namespace

std::vector<check> check_waits(const std::string& endpoint, examinee& x) {
  static const std::map<std::string, std::function<checks(examinee&)>> rules = {
      {"fetch", check_fetch},   {"cache", check_cache}, {"db", check_db},         {"token", check_token},
      {"object", check_object}, {"run", check_run},     {"stream", check_stream}, {"services", check_services},
  };
  const auto found = rules.find(endpoint);
  return found != rules.end() ? found->second(x) : checks();
}

}  // namespace tvl::suite
