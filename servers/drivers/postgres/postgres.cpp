#include "servers/drivers/postgres/postgres.hpp"

#include "servers/drivers/reply_limit.hpp"
#include "servers/drivers/resolve_host.hpp"

#include <nlohmann/json.hpp>

#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>
#include <system_error>

namespace tvl::waits {
namespace {

// Type numbers of PostgreSQL, the same in every database (its pg_type.dat).
enum column_type : Oid { int8 = 20, int2 = 21, int4 = 23, float4 = 700, float8 = 701, numeric = 1700 };

constexpr const char* statement = "item";
constexpr const char* item =
    "select id, name, price from items where id = $1 and ($2::float8 = 0 or pg_sleep($2) is not null)";

std::system_error bad(const std::string& what) {
  return {std::make_error_code(std::errc::invalid_argument), "PostgreSQL connection string: " + what};
}

// libpq accepts several hosts separated by commas; one with a slash is the folder of a Unix socket.
std::string resolve_all(std::string_view hosts) {
  std::string result;
  for (;;) {
    const auto comma = std::min(hosts.find(','), hosts.size());
    const std::string host(hosts.substr(0, comma));
    if (!host.empty() && host.front() != '/' && host.front() != '@') {
      const auto address = resolve_host(host);
      if (!address) throw bad("unknown host '" + host + "'");
      result += *address;
    }
    if (comma == hosts.size()) return result;
    result += ',';
    hosts.remove_prefix(comma + 1);
  }
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number n{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

nlohmann::ordered_json value_of(Oid type, std::string_view text) {
  if (type == int2 || type == int4 || type == int8) {
    if (const auto n = number_in<std::int64_t>(text)) return *n;
  } else if (type == numeric || type == float4 || type == float8) {
    if (const auto n = number_in<double>(text); n && std::isfinite(*n)) return *n;  // JSON has no infinities
  }
  return std::string(text);
}

service_reply row_of(const PGresult* r) {
  if (::PQntuples(r) == 0) return handler::service_result{404, "database: no such row"};
  std::size_t size = 0;
  for (int i = 0; i < ::PQnfields(r); ++i) size += static_cast<std::size_t>(::PQgetlength(r, 0, i));
  if (size > reply_limit) return failure::protocol_error;
  nlohmann::ordered_json row = nlohmann::ordered_json::object();
  for (int i = 0; i < ::PQnfields(r); ++i) {
    const std::string_view text(::PQgetvalue(r, 0, i), static_cast<std::size_t>(::PQgetlength(r, 0, i)));
    row[::PQfname(r, i)] = ::PQgetisnull(r, 0, i) ? nullptr : value_of(::PQftype(r, i), text);
  }
  // A database may hold invalid UTF-8: replace it.
  return handler::service_result{200, row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

// The text may contain parts of the query or addresses; the code does not.
handler::service_result error_of(const PGresult* r) {
  const char* const code = ::PQresultErrorField(r, PG_DIAG_SQLSTATE);
  const auto harmless = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  const bool known = code && std::strlen(code) == 5 && std::all_of(code, code + 5, harmless);
  return {502, std::string("database: failed: ") + (known ? code : "unknown error")};
}

}  // namespace

postgres_address::postgres_address(const std::string& conninfo) {
  if (conninfo.empty()) return;
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> all(::PQconninfoParse(conninfo.c_str(), &error),
                                                                           ::PQconninfoFree);
  if (!all) {
    std::string why = error ? error : "out of memory";
    ::PQfreemem(error);
    throw bad(why.substr(0, why.find('\n')));
  }
  // GSS encryption looks for Kerberos in files and on the network unless disabled. The last value of a setting counts.
  settings_ = {{"gssencmode", "disable"}, {"client_encoding", "UTF8"}};
  for (const PQconninfoOption* o = all.get(); o->keyword; ++o)
    if (o->val) settings_.push_back({o->keyword, o->val});
  const auto host = std::ranges::find(settings_, "host", &setting::key);
  if (host == settings_.end() || std::ranges::find(settings_, "hostaddr", &setting::key) != settings_.end()) return;
  settings_.push_back({"hostaddr", resolve_all(host->value)});
}

postgres_session postgres_address::connect() const {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : settings_) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  postgres_session session(::PQconnectStartParams(keys.data(), values.data(), 0));
  if (::PQstatus(session.get()) == CONNECTION_BAD) return nullptr;
  ::PQsetNoticeProcessor(
      session.get(), [](void*, const char*) {}, nullptr);  // the default prints to stderr
  return session;
}

void postgres_exchange::prepare() {
  ::PQsetnonblocking(connection_, 1);
  sent(::PQsendPrepare(connection_, statement, item, 2, nullptr));
}

void postgres_exchange::query(std::uint64_t id, row_time time) {
  const std::string number = std::to_string(id), seconds = std::to_string(std::chrono::duration<double>(time).count());
  const std::array<const char*, 2> values{number.c_str(), seconds.c_str()};
  sent(::PQsendQueryPrepared(connection_, statement, values.size(), values.data(), nullptr, nullptr, 0));
}

void postgres_exchange::sent(int ok) {
  if (!ok) failure_ = failure::disconnected;
}

postgres_exchange::step postgres_exchange::stop(failure how) {
  failure_ = how;
  return step::done;
}

postgres_exchange::step postgres_exchange::next() {
  if (failure_) return step::done;
  if (reading_ && !receive()) return step::done;
  const int unsent = ::PQflush(connection_);
  if (unsent < 0) return stop(failure::disconnected);
  if (unsent > 0) return step::write;
  while (!::PQisBusy(connection_)) {
    postgres_result r(::PQgetResult(connection_));
    if (!r) return ::PQstatus(connection_) == CONNECTION_OK ? step::done : stop(failure::disconnected);
    // The others are modes in which PQgetResult() does not report an end.
    const auto status = ::PQresultStatus(r.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_FATAL_ERROR)
      return stop(failure::protocol_error);
    if (!first_) first_ = std::move(r);
  }
  reading_ = true;
  return step::read;
}

// libpq does not limit a reply: count what is about to be read. It reads on while more arrives, so a fast service may
// exceed the limit somewhat.
bool postgres_exchange::receive() {
  int arrived = 0;
  ::ioctl(::PQsocket(connection_), FIONREAD, &arrived);
  received_ += static_cast<std::size_t>(arrived);
  if (received_ > reply_limit) {
    failure_ = failure::protocol_error;
  } else if (!::PQconsumeInput(connection_)) {
    failure_ = failure::disconnected;
  }
  return !failure_;
}

service_reply postgres_exchange::result() const {
  if (failure_) return *failure_;
  switch (::PQresultStatus(first_.get())) {
    case PGRES_TUPLES_OK:
      return row_of(first_.get());
    case PGRES_COMMAND_OK:
      return handler::service_result{};
    default:
      return error_of(first_.get());
  }
}

}  // namespace tvl::waits
