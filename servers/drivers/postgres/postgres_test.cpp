// GET /db/{id} on threads and on a loop, with a real PostgreSQL and with misbehaving ones.

#include "servers/testing/fake_service.hpp"
#include "servers/testing/store_clients.hpp"
#include "servers/testing/test_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace tvl::test {
namespace {

using namespace std::chrono_literals;

// Folder of the newest version's programs, which distributions keep off PATH.
std::string find_postgres() {
  std::string newest;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
    if (const auto bin = version.path() / "bin"; std::filesystem::exists(bin / "initdb"))
      newest = std::max(newest, bin.string());
  return newest;
}

class real_postgres {
 public:
  real_postgres() {
    if (user_) {
      EXPECT_EQ(::chown(folder_.path().c_str(), user_->pw_uid, user_->pw_gid), 0);
    }
    process make({bin_ + "/initdb", "-D", data(), "-A", "trust", "-U", "test", "-E", "UTF8", "--no-sync"}, user_);
    EXPECT_EQ(make.wait(), 0);
    start();
    command("create table items (id int primary key, name text, price numeric)");
    command(
        "insert into items values (1, 'plain', 1.50), (2, E'a \"quote\", a \\\\ and\\na line', -19.99),"
        "(3, null, null), (4, 'Grüße', 0), (5, repeat('x', 2000000), 1), (6, 'none', 'NaN')");
  }

  ~real_postgres() { stop(); }  // it has children to end

  static bool installed() { return !find_postgres().empty() && (::geteuid() != 0 || ::getpwnam("postgres")); }

  void start() {
    server_.emplace(
        std::vector<std::string>{bin_ + "/postgres", "-D", data(), "-p", std::to_string(port_), "-c",
                                 "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"},
        user_);
    EXPECT_TRUE(eventually([this] { return ::PQping(conninfo().c_str()) == PQPING_OK; }));
  }
  void stop() {
    if (server_) server_->stop(SIGQUIT);  // immediate shutdown
    server_.reset();
  }

  std::string conninfo(const std::string& database = "postgres") const {
    return "host=127.0.0.1 user=test port=" + std::to_string(port_) + " dbname=" + database;
  }
  // A session that has run the command and keeps its locks.
  waits::postgres_session command(const std::string& sql) const {
    waits::postgres_session session(::PQconnectdb(conninfo().c_str()));
    const waits::postgres_result r(::PQexec(session.get(), sql.c_str()));
    EXPECT_EQ(::PQresultStatus(r.get()), PGRES_COMMAND_OK) << ::PQerrorMessage(session.get());
    return session;
  }

 private:
  std::string data() const { return folder_.path() + "/data"; }

  const std::string bin_ = find_postgres();
  const passwd* const user_ = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
  const std::uint16_t port_ = unused_port();
  temporary_folder folder_;
  std::optional<process> server_;
};

// Shared by all tests, since starting it takes seconds.
std::unique_ptr<real_postgres> postgres;
class postgres_of_the_program : public testing::Environment {
  void TearDown() override { postgres.reset(); }
};
const auto* const environment = testing::AddGlobalTestEnvironment(new postgres_of_the_program);

#define NEEDS_POSTGRES()                                                          \
  if (!real_postgres::installed()) GTEST_SKIP() << "PostgreSQL is not installed"; \
  if (!postgres) postgres = std::make_unique<real_postgres>()

waits::service_options at(const std::string& conninfo, unsigned pool = 4, unsigned queue = 1000,
                          double timeout_s = 60) {
  waits::service_options o;
  o.postgres = conninfo;
  o.pool = pool;
  o.queue = queue;
  o.timeout_s = timeout_s;
  return o;
}

template <class Client>
class query : public testing::Test {
 protected:
  static handler::service_result row(Client& client, std::uint64_t id = 1) { return client.rows({id}).front(); }
  static handler::service_result row_from(fake_service::script script, double timeout_s = 60) {
    const fake_service service(std::move(script));
    Client client(at("host=127.0.0.1 sslmode=disable port=" + std::to_string(service.port()), 4, 10, timeout_s));
    return row(client);
  }
};

using clients = testing::Types<on_threads, on_loop>;
TYPED_TEST_SUITE(query, clients);

TYPED_TEST(query, brings_the_row_as_json_or_404) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo()));
  EXPECT_EQ(this->row(client, 1).body, R"({"id":1,"name":"plain","price":1.5})");
  const auto second = nlohmann::json::parse(this->row(client, 2).body);
  EXPECT_EQ(second["name"], "a \"quote\", a \\ and\na line");
  EXPECT_EQ(second["price"], -19.99);
  EXPECT_EQ(this->row(client, 3).body, R"({"id":3,"name":null,"price":null})");
  EXPECT_EQ(this->row(client, 4).body, R"({"id":4,"name":"Grüße","price":0.0})");
  EXPECT_EQ(this->row(client, 6).body, R"({"id":6,"name":"none","price":"NaN"})");
  EXPECT_EQ(this->row(client, 99).status, 404);
  EXPECT_EQ(this->row(client, 0x7fff'ffff).status, 404);
}

TYPED_TEST(query, the_database_takes_its_time_over_each_row_where_it_is_told_to) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo(), 2));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(count(client.rows({1, 2, 3, 4}, std::chrono::milliseconds(60)), 200), 4);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(120));  // four on two connections
}

TYPED_TEST(query, gives_each_request_its_own_row) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo()));
  std::vector<std::uint64_t> ids;
  for (std::uint64_t i = 0; i < 200; ++i) ids.push_back(i % 4 + 1);
  const auto all = client.rows(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_EQ(all[i].status, 200) << all[i].body;
    EXPECT_EQ(nlohmann::json::parse(all[i].body)["id"], ids[i]);
  }
}

TYPED_TEST(query, refuses_a_row_beyond_the_limit_and_goes_on) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo()));
  EXPECT_EQ(this->row(client, 5).status, 502);
  EXPECT_EQ(this->row(client).status, 200);
}

TYPED_TEST(query, says_no_more_than_the_code_of_an_error) {
  NEEDS_POSTGRES();
  TypeParam no_table(at(postgres->conninfo("template1")));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(this->row(no_table).body, "database: failed: 42P01");
  TypeParam no_database(at(postgres->conninfo("nowhere")));
  EXPECT_EQ(this->row(no_database).body, "database: cannot be reached");
}

TYPED_TEST(query, works_again_when_postgres_is_back) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo()));
  EXPECT_EQ(count(client.rows({1, 2, 3}), 200), 3);
  postgres->stop();
  EXPECT_EQ(count(client.rows({1, 2, 3}), 502), 3);
  postgres->start();
  EXPECT_EQ(count(client.rows({1, 2, 3}), 200), 3);
  // A restart between two requests affects neither.
  postgres->stop();
  postgres->start();
  EXPECT_EQ(count(client.rows({1, 2, 3}), 200), 3);
}

TYPED_TEST(query, is_late_while_the_row_is_locked_and_well_afterwards) {
  NEEDS_POSTGRES();
  TypeParam client(at(postgres->conninfo(), 2, 10, 0.5));
  {
    const auto lock = postgres->command("begin; lock table items");
    EXPECT_EQ(count(client.rows({1, 2, 3, 4}), 504), 4);
  }
  EXPECT_TRUE(eventually([&] { return this->row(client).status == 200; }));
}

TYPED_TEST(query, refuses_those_it_has_no_room_for) {
  NEEDS_POSTGRES();
  const auto lock = postgres->command("begin; lock table items");
  TypeParam client(at(postgres->conninfo(), 1, 2, 3));
  const auto all = client.rows({1, 1, 1, 1, 1, 1, 1, 1});
  EXPECT_EQ(count(all, 504), 3);
  EXPECT_EQ(count(all, 503), 5);
}

TYPED_TEST(query, says_what_is_wrong_with_the_service) {
  const auto port = std::to_string(unused_port());
  TypeParam unreachable(at("host=127.0.0.1 port=" + port));
  EXPECT_EQ(this->row(unreachable).body, "database: cannot be reached");
  const auto silent = this->row_from(be_silent, 0.2);
  EXPECT_EQ(silent.status, 504);
  EXPECT_EQ(silent.body, "database: took too long");
  EXPECT_EQ(this->row_from([](int s) { hear(s); }).body, "database: cannot be reached");
  EXPECT_EQ(this->row_from([](int s) { say(s, "HTTP/1.1 400 Bad Request\r\n\r\n"); }).status, 502);
  TypeParam none(waits::service_options{});
  EXPECT_EQ(this->row(none).body, "database: this server was started without it");
}

using namespace std::string_view_literals;
constexpr auto welcome = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I"sv;  // logged in, ready
constexpr auto prepared = "1\0\0\0\4Z\0\0\0\5I"sv;          // the statement, ready
constexpr auto no_result = "Z\0\0\0\5I"sv;
constexpr auto copy_out = "H\0\0\0\7\0\0\0"sv;  // a mode without end for libpq
constexpr auto columns = "2\0\0\0\4T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\31\377\377\377\377\377\377\0\0"sv;

TYPED_TEST(query, survives_hostile_replies) {
  const auto after_login = [](std::string_view text, bool endless = false) {
    return [text, endless](int s) {
      for (const auto reply : {welcome, prepared, text}) {
        hear(s);
        say(s, reply);
      }
      const std::string rows(64 << 10, 'D');  // "DDDD" is also the length: 1.1 GB
      while (endless && say(s, rows)) {
      }
    };
  };
  EXPECT_EQ(this->row_from(after_login("")).body, "database: closed the connection");
  EXPECT_EQ(this->row_from(after_login("HTTP/1.1 400 Bad Request\r\n\r\n")).status, 502);
  EXPECT_EQ(this->row_from(after_login(no_result)).status, 502);
  EXPECT_EQ(this->row_from(after_login(copy_out)).body, "database: sent no valid reply");
  EXPECT_EQ(this->row_from(after_login(columns, true)).status, 502);
}

TYPED_TEST(query, leaves_no_descriptor_open) {
  NEEDS_POSTGRES();
  const auto before = open_descriptors();
  this->row_from(be_silent, 0.1);
  this->row_from([](int s) { hear(s); });
  {
    TypeParam client(at(postgres->conninfo()));
    client.rows({1, 2, 3, 4});
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(query_on_loop, may_end_while_requests_wait) {
  const fake_service silent(be_silent);
  const auto before = open_descriptors();
  {
    on_loop client(at("host=127.0.0.1 sslmode=disable port=" + std::to_string(silent.port()), 2));
    for (int i = 0; i < 10; ++i)
      boost::asio::co_spawn(client.context(), client.postgres().row(1),
                            [](std::exception_ptr, handler::service_result) {});
    client.context().poll();
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() <= before + 2; })) << "the two are the service's";
}

TEST(postgres_address, is_a_connection_string) {
  EXPECT_TRUE(waits::postgres_address("").none());
  EXPECT_FALSE(waits::postgres_address("postgresql://user@127.0.0.1:5432/db").none());
  EXPECT_FALSE(waits::postgres_address("host=/run/postgresql,127.0.0.1").none());
  EXPECT_THROW(waits::postgres_address("no connection string"), std::system_error);
  EXPECT_THROW(waits::postgres_address("colour=red"), std::system_error);
}

}  // namespace
}  // namespace tvl::test
