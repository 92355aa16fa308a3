#pragma once
// For tests only: queries to Redis and PostgreSQL that do not use the code under test.

#include "bench/suite/processes/installed_programs.hpp"

#include <cstdlib>
#include <hiredis.h>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>

namespace tvl::suite {

inline bool redis_is_installed() { return !find_program("redis-server").empty(); }
inline bool postgres_is_installed() {
  return !find_program("postgres").empty() || std::filesystem::exists("/usr/lib/postgresql");
}

// The reply as text, or the problem.
inline std::string ask_redis(const std::string& address, const std::string& command) {
  const auto colon = address.find(':');
  const timeval patience{5, 0};
  const std::unique_ptr<redisContext, void (*)(redisContext*)> redis(
      redisConnectWithTimeout(address.substr(0, colon).c_str(), std::stoi(address.substr(colon + 1)), patience),
      &redisFree);
  if (redis->err != 0) return redis->errstr;
  if (const char* password = std::getenv("REDISCLI_AUTH"))
    freeReplyObject(redisCommand(redis.get(), "AUTH %s", password));
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(redisCommand(redis.get(), command.c_str())), &freeReplyObject);
  if (!reply) return redis->errstr;
  if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
  return reply->str != nullptr ? std::string(reply->str, reply->len) : "nil";
}

// The first value, or the problem.
inline std::string ask_postgres(const std::string& conninfo, const std::string& statement) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> postgres(PQconnectdb(conninfo.c_str()), &PQfinish);
  if (PQstatus(postgres.get()) != CONNECTION_OK) return PQerrorMessage(postgres.get());
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(postgres.get(), statement.c_str()), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return PQerrorMessage(postgres.get());
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "no row";
}

// Sets an environment variable and restores it.
class environment_variable {
 public:
  environment_variable(const std::string& name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name.c_str())) before_ = before;
    setenv(name.c_str(), value.c_str(), 1);
  }
  ~environment_variable() { before_ ? setenv(name_.c_str(), before_->c_str(), 1) : unsetenv(name_.c_str()); }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace tvl::suite
