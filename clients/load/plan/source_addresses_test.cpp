#include "clients/load/plan/source_addresses.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/descriptor.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

std::vector<std::string> texts(const std::string& sources) {
  std::vector<std::string> result;
  for (const auto address : parse_sources(sources)) {
    char text[INET_ADDRSTRLEN];
    result.emplace_back(::inet_ntop(AF_INET, &address, text, sizeof text));
  }
  return result;
}

std::string sources_refusal(const std::string& sources) {
  try {
    parse_sources(sources);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "accepted";
}

TEST(sources, are_addresses_and_ranges) {
  EXPECT_EQ(texts("127.0.0.7"), (std::vector<std::string>{"127.0.0.7"}));
  EXPECT_EQ(texts("127.0.0.254-127.0.1.1"),
            (std::vector<std::string>{"127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1"}));
  EXPECT_EQ(texts("127.0.0.9,127.0.0.1-127.0.0.2,127.0.0.4"),
            (std::vector<std::string>{"127.0.0.9", "127.0.0.1", "127.0.0.2", "127.0.0.4"}));
  EXPECT_EQ(texts("127.0.0.1-127.0.0.40").size(), 40u);
  EXPECT_EQ(texts("127.1.0.0-127.1.15.255").size(), 4096u);
}

TEST(sources, are_refused_in_one_line) {
  EXPECT_EQ(sources_refusal(""), "'' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("127.0.0.300"), "'127.0.0.300' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("localhost"), "'localhost' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("::1"), "'::1' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("127.0.0.1,"), "'' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("127.0.0.1, 127.0.0.2"), "' 127.0.0.2' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("127.0.0.1-40"), "'40' in the sources is not an IPv4 address");
  EXPECT_EQ(sources_refusal("127.0.0.9-127.0.0.1"), "'127.0.0.9-127.0.0.1' in the sources runs backwards");
  EXPECT_EQ(sources_refusal("127.0.0.1-127.0.0.3,127.0.0.2"), "127.0.0.2 is in the sources twice");
  EXPECT_EQ(sources_refusal("127.1.0.0-127.1.16.0"), "the sources are more than 4096 addresses");
  EXPECT_EQ(sources_refusal("0.0.0.0-255.255.255.255"), "the sources are more than 4096 addresses");
  EXPECT_EQ(sources_refusal("192.0.2.1"),
            "cannot send from 192.0.2.1: Cannot assign requested address");  // RFC 5737: for documentation
}

TEST(sources, are_where_connections_come_from_and_share_their_ports) {
  const descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  auto* const name = reinterpret_cast<sockaddr*>(&here);
  ASSERT_EQ(::bind(listener.get(), name, size), 0);
  ASSERT_EQ(::listen(listener.get(), 8), 0);
  ASSERT_EQ(::getsockname(listener.get(), name, &size), 0);

  const descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_TRUE(bind_source(client.get(), parse_sources("127.0.0.33").front()));
  sockaddr_in bound{};
  size = sizeof bound;
  ASSERT_EQ(::getsockname(client.get(), reinterpret_cast<sockaddr*>(&bound), &size), 0);
  EXPECT_EQ(bound.sin_port, 0) << "the port is left to connect()";
  ASSERT_EQ(::connect(client.get(), name, sizeof here), 0);

  sockaddr_in peer{};
  size = sizeof peer;
  const descriptor accepted(::accept(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size));
  ASSERT_GE(accepted.get(), 0);
  EXPECT_EQ(ntohl(peer.sin_addr.s_addr), (127u << 24) + 33);
}

TEST(sources, that_cannot_be_bound_leave_errno) {
  const descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  in_addr unassigned{};
  ASSERT_EQ(::inet_pton(AF_INET, "192.0.2.1", &unassigned), 1);
  errno = 0;
  EXPECT_FALSE(bind_source(client.get(), unassigned));
  EXPECT_EQ(errno, EADDRNOTAVAIL);
}

std::string sources_refusal(const budget& b, std::uint64_t asked) {
  try {
    b.check(asked);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "fits";
}

TEST(budget, is_one_line) {
  EXPECT_EQ((budget{20000, 19936, 28232, 1, 1}.line(8000)),
            "budget: 19,936 descriptors (RLIMIT_NOFILE hard 20000), 28,232 ports x 1 source; asked 8,000");
  EXPECT_EQ((budget{1024, 960, 999, 40, 2}.line(7)),
            "budget: 960 descriptors (RLIMIT_NOFILE hard 1024), 999 ports x 40 sources x 2 targets; asked 7");
  EXPECT_EQ((budget{1048576, 1048512, {}, 1, 1}.line(1234567)),
            "budget: 1,048,512 descriptors (RLIMIT_NOFILE hard 1048576), n/a ports x 1 source; asked 1,234,567");
}

TEST(budget, counts_every_process) {
  const budget b{1000, 936, {}, 1, 1, 3};
  EXPECT_EQ(b.line(2000),
            "budget: 3 processes x 936 descriptors (RLIMIT_NOFILE hard 1000), n/a ports x 1 source; asked 2,000");
  EXPECT_EQ(sources_refusal(b, 2808), "fits");
  EXPECT_EQ(
      sources_refusal(b, 2809),
      "2809 connections need 3001 descriptors, the limit of open files is 1000 (ulimit -Hn) in each of 3 processes");
}

TEST(budget, says_which_limit_forbids) {
  const budget few_files{1000, 936, 28232, 1, 1};
  EXPECT_EQ(sources_refusal(few_files, 936), "fits");
  EXPECT_EQ(sources_refusal(few_files, 937),
            "937 connections need 1001 descriptors, the limit of open files is 1000 (ulimit -Hn)");
  const budget few_ports{1000000, 999936, 100, 3, 2};
  EXPECT_EQ(sources_refusal(few_ports, 600), "fits");
  EXPECT_EQ(sources_refusal(few_ports, 601),
            "601 connections need as many ports, ip_local_port_range has 100 for each of 3 sources (--sources)");
  EXPECT_EQ(sources_refusal(budget{1000, 936, {}, 1, 1}, 900), "fits") << "an unknown limit forbids nothing";
}

TEST(budget, is_this_process_s_once_claimed) {
  const budget b = claim_budget(0);
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(files.rlim_cur, files.rlim_max);
  EXPECT_EQ(b.open_files, files.rlim_max);
  EXPECT_EQ(b.descriptors, files.rlim_max - 64);
  EXPECT_EQ(b.sources, 1u);
  ASSERT_TRUE(b.ports);
  EXPECT_GT(*b.ports, 0u);
  EXPECT_EQ(claim_budget(40, 2).sources, 40u);
}

}  // namespace
}  // namespace tvl::load
