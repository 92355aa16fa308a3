#include "clients/load/cluster/network.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

std::string complaint(const std::string& network) {
  try {
    return own_address(network);
  } catch (const bad_plan& error) {
    return error.what();
  }
}

TEST(network, this_host_has_an_address_in_its_own_networks_only) {
  EXPECT_EQ(own_address("127.0.0.0/8"), "127.0.0.1");
  EXPECT_EQ(own_address("127.0.0.1/32"), "127.0.0.1");
  EXPECT_EQ(complaint("192.0.2.0/24"), "no interface of this host is in the network 192.0.2.0/24");
}

TEST(network, what_is_none_is_refused) {
  for (const std::string text :
       {"", "127.0.0.1", "127.0.0.0/", "127.0.0.0/0", "127.0.0.0/33", "127.0.0.0/8x", "::1/128", "load1/24"})
    EXPECT_NE(complaint(text).find("is not an IPv4 network such as 10.77.0.0/24"), std::string::npos) << text;
}

}  // namespace
}  // namespace tvl::load
