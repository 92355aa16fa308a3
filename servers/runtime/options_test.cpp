#include "servers/runtime/options.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <vector>

namespace tvl::runtime {
namespace {

options parsed(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "server");
  std::vector<char*> words;
  for (auto& flag : flags) words.push_back(flag.data());
  return parse_options(static_cast<int>(words.size()), words.data(), "A test.", {.services = waits::check});
}

TEST(service_flags, default_to_no_service) {
  const auto none = parsed({"--redis", "", "--postgres", "", "--upstream", "", "--pool", "3"}).services;
  EXPECT_EQ(none.redis + none.postgres + none.upstream, "");
  EXPECT_EQ(none.pool, 3u);
  EXPECT_EQ(none.offload_threads, 16u);
}

TEST(service_flags, name_services) {
  const auto all = parsed({"--redis", "127.0.0.1:1", "--postgres", "host=127.0.0.1 port=2 dbname=x", "--upstream",
                           "http://127.0.0.1:3", "--offload-threads", "4"})
                       .services;
  EXPECT_EQ(all.redis, "127.0.0.1:1");
  EXPECT_EQ(all.postgres, "host=127.0.0.1 port=2 dbname=x");
  EXPECT_EQ(all.upstream, "http://127.0.0.1:3");
  EXPECT_EQ(all.offload_threads, 4u);
}

TEST(service_flags, are_refused_before_anything_is_started) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--redis", "127.0.0.1"}, "not HOST:PORT: 127.0.0.1"},
      {{"--redis", "host.invalid:1"}, "host.invalid:1': unknown host"},
      {{"--postgres", "nonsense"}, "PostgreSQL connection string: missing"},
      {{"--postgres", "hots=127.0.0.1"}, "invalid connection option \"hots\""},
      {{"--postgres", "host=host.invalid"}, "unknown host 'host.invalid'"},
      {{"--upstream", "127.0.0.1:1"}, "not http://HOST:PORT: 127.0.0.1:1"},
      {{"--upstream", "http://"}, "not http://HOST:PORT: http://"},
      {{"--pool", "0"}, "--pool"},
  };
  for (const auto& [flags, why] : cases) {
    EXPECT_EXIT(parsed(flags), testing::ExitedWithCode(2), "^server: [^\n]*" + why + "[^\n]*\n$") << flags[1];
  }
}

}  // namespace
}  // namespace tvl::runtime
