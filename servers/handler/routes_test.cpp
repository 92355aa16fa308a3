#include "servers/handler/routes.hpp"

#include "servers/handler/injected_work.hpp"
#include "servers/handler/limits.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::handler {
namespace {

using boost::beast::http::verb;
using content = route::content;
using operation = plan::operation;

TEST(routes, name_the_content) {
  EXPECT_EQ(find_route(verb::get, "/plaintext").what, content::plaintext);
  EXPECT_EQ(find_route(verb::head, "/json").what, content::json);
  EXPECT_EQ(find_route(verb::get, "/bytes/12").what, content::pattern);
  EXPECT_EQ(find_route(verb::get, "/bytes/12").needs.number, 12u);
  EXPECT_EQ(find_route(verb::post, "/echo").what, content::echo);
  EXPECT_EQ(find_route(verb::post, "/upload").what, content::count);
}

TEST(routes, mean_the_same_with_a_slowdown_planted) {
  injected_rounds = 1000;
  const auto found = find_route(verb::get, "/bytes/12");
  injected_rounds = 0;
  EXPECT_EQ(found.what, content::pattern);
  EXPECT_EQ(found.needs.number, 12u);
}

TEST(routes, name_the_wait) {
  EXPECT_EQ(find_route(verb::get, "/json").needs.kind, operation::nothing);
  EXPECT_EQ(find_route(verb::get, "/bytes/5").needs.kind, operation::nothing);
  const auto delay = find_route(verb::get, "/delay/60000");
  EXPECT_EQ(delay.needs.kind, operation::sleep);
  EXPECT_EQ(delay.needs.time, std::chrono::minutes(1));
  EXPECT_EQ(delay.needs.number, 60'000u);
  EXPECT_EQ(find_route(verb::get, "/block/1").needs.kind, operation::block);
  EXPECT_EQ(find_route(verb::get, "/cpu/10000000").needs.kind, operation::cpu);
  EXPECT_EQ(find_route(verb::get, "/cpu/10000000").needs.time, std::chrono::seconds(10));
}

TEST(routes, find_the_path_in_every_form_of_target) {
  for (const char* target :
       {"/json", "/json?", "/json?a=/plaintext", "http://a/json", "HTTP://a/json", "http://a:80/json?x"})
    EXPECT_EQ(find_route(verb::get, target).what, content::json) << target;
  for (const char* target : {"", "*", "/", "//json", "json", "/json/", "/jsonx", "http://json", "http://",
                             "https://a/json", "/JSON", "?/json", "/plaintext/json", "a:80"})
    EXPECT_EQ(find_route(verb::get, target).status, 404u) << target;
}

TEST(routes, take_numbers_within_limits_only) {
  for (const char* prefix : {"/bytes/", "/touch/", "/delay/", "/block/", "/offload/", "/cpu/", "/cpu-offload/"}) {
    for (const char* number : {"", "x", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1/", "/1", "18446744073709551616"})
      EXPECT_EQ(find_route(verb::get, std::string(prefix) + number).status, 400u) << prefix << number;
    for (const char* number : {"0", "1", "0001", "60000"})
      EXPECT_EQ(find_route(verb::get, std::string(prefix) + number).status, 200u) << prefix << number;
  }
  const auto status = [](const char* prefix, std::uint64_t n) {
    return find_route(verb::get, prefix + std::to_string(n)).status;
  };
  EXPECT_EQ(status("/bytes/", limits::bytes), 200u);
  EXPECT_EQ(status("/bytes/", limits::bytes + 1), 400u);
  EXPECT_EQ(status("/touch/", limits::touch + 1), 400u);
  EXPECT_EQ(status("/delay/", limits::milliseconds + 1), 400u);
  EXPECT_EQ(status("/block/", limits::milliseconds + 1), 400u);
  EXPECT_EQ(status("/cpu/", limits::microseconds + 1), 400u);
}

TEST(routes, take_the_endpoints_methods_only) {
  for (const auto method : {verb::post, verb::put, verb::delete_, verb::options, verb::patch}) {
    EXPECT_EQ(find_route(method, "/json").status, 405u);
    EXPECT_FALSE(find_route(method, "/json").post);
  }
  for (const auto method : {verb::get, verb::head, verb::put}) {
    EXPECT_EQ(find_route(method, "/echo").status, 405u);
    EXPECT_TRUE(find_route(method, "/echo").post);
  }
  EXPECT_EQ(find_route(verb::put, "/none").status, 404u);
  EXPECT_EQ(find_route(verb::unknown, "/json").status, 501u);
}

TEST(routes, take_targets_of_limited_length) {
  const std::string json = "/json?";
  EXPECT_EQ(find_route(verb::get, json + std::string(limits::target - json.size(), 'a')).status, 200u);
  EXPECT_EQ(find_route(verb::get, json + std::string(limits::target - json.size() + 1, 'a')).status, 414u);
}

TEST(routes, read_the_query_of_a_fetch) {
  const auto fetch = find_route(verb::get, "/fetch?n=8&ms=20&order=gather");
  EXPECT_EQ(fetch.needs.kind, operation::fetch);
  EXPECT_EQ(fetch.needs.number, 8u);
  EXPECT_EQ(fetch.needs.time, std::chrono::milliseconds(20));
  EXPECT_TRUE(fetch.needs.gather);
  const auto plain = find_route(verb::get, "/fetch");
  EXPECT_EQ(plain.needs.number, 1u);
  EXPECT_FALSE(plain.needs.gather);
  for (const char* query : {"n=0", "n=101", "n=", "n", "n=-1", "ms=60001", "ms=x", "order=", "order=both", "n=1&ms=-1"})
    EXPECT_EQ(find_route(verb::get, std::string("/fetch?") + query).status, 400u) << query;
  for (const char* query : {"", "&", "x=y", "nn=0", "n=1&n=0", "=&n=2"})
    EXPECT_EQ(find_route(verb::get, std::string("/fetch?") + query).status, 200u) << query;
}

TEST(routes, ask_every_service_in_one_of_two_orders) {
  for (const char* target : {"/services", "/services?order=serial"}) {
    const auto found = find_route(verb::get, target);
    EXPECT_EQ(found.needs.kind, operation::services) << target;
    EXPECT_EQ(found.what, content::object) << target;
    EXPECT_FALSE(found.needs.gather) << target;
  }
  EXPECT_TRUE(find_route(verb::get, "/services?order=gather").needs.gather);
  for (const char* query : {"order=", "order=x", "order=Gather", "order"})
    EXPECT_EQ(find_route(verb::get, std::string("/services?") + query).status, 400u) << query;
  EXPECT_EQ(find_route(verb::get, "/services/").status, 404u);
}

TEST(routes, take_harmless_names_only) {
  for (const char* prefix : {"/cache/", "/object/", "/token?access_token="}) {
    const auto found = find_route(verb::get, std::string(prefix) + "aZ09._:-");
    ASSERT_TRUE(found.needs.text) << prefix;
    EXPECT_EQ(*found.needs.text, "aZ09._:-");
    for (const std::string name : {"", "..", "a..b", "a/b", "a b", "a%20b", "a\r\n", "\xff", "a'b", "*"})
      EXPECT_EQ(find_route(verb::get, prefix + name).status, 400u) << prefix << name;
    EXPECT_EQ(find_route(verb::get, prefix + std::string(limits::name, 'a')).status, 200u);
    EXPECT_EQ(find_route(verb::get, prefix + std::string(limits::name + 1, 'a')).status, 400u);
  }
  EXPECT_EQ(*find_route(verb::get, "/token").needs.text, "good");
}

TEST(routes, take_row_ids_that_an_sql_integer_holds) {
  EXPECT_EQ(find_route(verb::get, "/db/2147483647").needs.number, 2147483647u);
  for (const char* id : {"", "2147483648", "-1", "1;drop", "1'", "1 or 1=1", "1%20"})
    EXPECT_EQ(find_route(verb::get, std::string("/db/") + id).status, 400u) << id;
  EXPECT_EQ(find_route(verb::get, "/db/1").needs.time.count(), 0u);
  EXPECT_EQ(find_route(verb::get, "/db/1?ms=20").needs.time, std::chrono::milliseconds(20));
  EXPECT_EQ(find_route(verb::get, "/db/1?ms=x").status, 400u);
}

TEST(routes, run_commands_of_the_list_only) {
  EXPECT_EQ(*find_route(verb::get, "/run").needs.text, "echo");
  EXPECT_EQ(find_route(verb::get, "/run?command=sleep&ms=500").needs.time, std::chrono::milliseconds(500));
  for (const char* command : {"", "sh", "/bin/sh", "echo;ls", "../echo"})
    EXPECT_EQ(find_route(verb::get, std::string("/run?command=") + command).status, 404u) << command;
  EXPECT_EQ(find_route(verb::get, "/run?command=sleep&ms=x").status, 400u);
}

TEST(routes, stream_a_bounded_number_of_chunks) {
  const auto stream = find_route(verb::get, "/stream/10?ms=5");
  EXPECT_EQ(stream.needs.number, 10u);
  EXPECT_EQ(stream.needs.time, std::chrono::milliseconds(5));
  EXPECT_EQ(find_route(verb::get, "/stream/" + std::to_string(limits::chunks + 1)).status, 400u);
  EXPECT_EQ(find_route(verb::get, "/stream/1?ms=-1").status, 400u);
}

TEST(routes, lead_to_websockets) {
  EXPECT_EQ(find_route(verb::get, "/ws/echo").needs.kind, operation::ws_echo);
  const auto room = find_route(verb::get, "/ws/room?room=4294967295");
  EXPECT_EQ(room.needs.kind, operation::ws_room);
  EXPECT_EQ(room.needs.number, limits::room);
  EXPECT_EQ(find_route(verb::get, "/ws/room").needs.number, 0u);
  for (const char* number : {"", "x", "-1", "4294967296"})
    EXPECT_EQ(find_route(verb::get, std::string("/ws/room?room=") + number).status, 400u) << number;
}

}  // namespace
}  // namespace tvl::handler
