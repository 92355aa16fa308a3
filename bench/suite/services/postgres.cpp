#include "bench/suite/services/postgres.hpp"

#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/run_as.hpp"
#include "bench/support/usage_error.hpp"

#include <signal.h>

#include <array>
#include <charconv>
#include <fstream>
#include <libpq-fe.h>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// For single-user mode: one statement per line. The rows are those of postgres_row().
constexpr char fill[] = R"(create role tvl login
create table items (id int primary key, name text not null, price numeric(10, 2) not null)
insert into items select i, 'item ' || i, (i * 37 % 10000) / 100.0 from generate_series(1, 10000) i
grant select on items to tvl
vacuum (freeze, analyze) items
)";

constexpr char access_rules[] = "host postgres tvl 127.0.0.1/32 trust\n";

// No background activity; the data is temporary. Shared memory is in the folder, so that it is removed with it.
constexpr char configuration[] = R"(listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 1000
dynamic_shared_memory_type = mmap
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
)";

// Filled before it listens, so that no connection needs a superuser.
constexpr char start[] = R"(set -eu
bin=$1 home=$2 port=$3
cd "$home"
"$bin/initdb" -D data -U owner -A reject --encoding=UTF8 --no-locale --no-sync --no-instructions
cat settings >>data/postgresql.conf
"$bin/postgres" --single -D data postgres <fill
exec "$bin/postgres" -D data -p "$port" -c hba_file="$home/hba"
)";

bool holds_postgres(const std::filesystem::path& bin) {
  return std::filesystem::exists(bin / "postgres") && std::filesystem::exists(bin / "initdb");
}

// Debian has one folder per version, not on PATH. The newest; empty = none.
std::filesystem::path folder_of_debian() {
  std::filesystem::path newest;
  int highest = 0;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", absent)) {
    const auto name = entry.path().filename().string();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (version <= highest || !holds_postgres(entry.path() / "bin")) continue;
    highest = version;
    newest = entry.path() / "bin";
  }
  return newest;
}

std::filesystem::path find_postgres() {
  const auto on_path = find_program("postgres").parent_path();
  const auto bin = !on_path.empty() && holds_postgres(on_path) ? on_path : folder_of_debian();
  if (bin.empty()) throw not_installed("'postgres' and 'initdb' are neither on PATH nor in /usr/lib/postgresql");
  return bin;
}

std::string conninfo_of(int port) {
  return "host=127.0.0.1 port=" + std::to_string(port) + " dbname=postgres user=tvl";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// Options cannot be appended to the connection string, which may be a URL.
class connection_parameters {
 public:
  explicit connection_parameters(const std::string& conninfo) : values{conninfo.c_str(), "5", nullptr} {}
  static constexpr std::array<const char*, 3> names = {"dbname", "connect_timeout", nullptr};
  const std::array<const char*, 3> values;
};

bool accepts_connections(const std::string& conninfo) {
  return PQpingParams(connection_parameters::names.data(), connection_parameters(conninfo).values.data(), 1) ==
         PQPING_OK;
}

class postgres_client {
 public:
  explicit postgres_client(const std::string& conninfo)
      : connection_(
            PQconnectdbParams(connection_parameters::names.data(), connection_parameters(conninfo).values.data(), 1),
            &PQfinish) {}

  bool connected() const { return PQstatus(connection_.get()) == CONNECTION_OK; }
  std::string problem() const { return first_line(PQerrorMessage(connection_.get())); }
  std::optional<std::string> version() const {
    const char* text = PQparameterStatus(connection_.get(), "server_version");
    return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
  }
  // The contestants' query.
  bool has_row(int id) {
    const auto text = std::to_string(id);
    const std::array values = {text.c_str()};
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexecParams(connection_.get(), "select id, name, price from items where id = $1", 1, nullptr, values.data(),
                     nullptr, nullptr, 0),
        &PQclear);
    return PQresultStatus(result.get()) == PGRES_TUPLES_OK && PQntuples(result.get()) == 1;
  }
  bool has_rows() { return has_row(1) && has_row(postgres_rows); }

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

launch how_to_start(const service_environment& where) {
  const auto programs = find_postgres();
  const auto home = where.folder / "postgres";
  launch how;
  how.name = "postgres";
  how.run_as = ordinary_account("postgres");
  make_private_folder(home, how.run_as);
  std::ofstream(home / "fill") << fill;
  std::ofstream(home / "hba") << access_rules;
  std::ofstream(home / "settings") << configuration;
  how.command = {"sh", "-c", start, "sh", programs, home, "{port}"};
  how.answers = [](int port) { return accepts_connections(conninfo_of(port)); };
  how.ready_limit = 60s;
  how.stop_signal = SIGINT;  // SIGTERM would wait for its clients to disconnect
  how.cpus = where.cpus;
  how.logs = where.logs;
  how.stop = where.stop;
  return how;
}

}  // namespace

item postgres_row(int id) { return {id, "item " + std::to_string(id), id * 37 % 10'000 / 100.0}; }

service start_postgres(const service_environment& where) {
  auto process = std::make_unique<launched_server>(how_to_start(where));
  const auto conninfo = conninfo_of(process->port());
  postgres_client postgres(conninfo);
  if (!postgres.has_rows()) {
    process->check_alive();
    process->stop();
    throw server_failed("postgres could not be filled: " + postgres.problem());
  }
  return {conninfo, postgres.version(), std::move(process)};
}

service given_postgres(const std::string& conninfo) {
  postgres_client postgres(conninfo);
  if (!postgres.connected()) throw bad_input("--postgres: " + postgres.problem());
  if (!postgres.has_rows()) {
    const auto problem = postgres.problem();
    throw bad_input("--postgres has to hold items (id, name, price) with ids 1 to " + std::to_string(postgres_rows) +
                    ", and does not" + (problem.empty() ? "" : ": " + problem));
  }
  return {conninfo, postgres.version(), nullptr};
}

}  // namespace tvl::suite
