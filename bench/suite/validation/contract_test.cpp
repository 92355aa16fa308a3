#include "bench/suite/validation/contract.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/build_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tvl::suite {
namespace {

TEST(contract, the_page_has_the_table_of_the_checks) {
  const auto page = read_file(std::filesystem::path(build::source_dir) / contract_page);
  const auto table = contract_table();
  EXPECT_NE(page.find("\n\n" + table + "\n"), page.npos) << "the page should have this table:\n" << table;
}

TEST(contract, each_endpoint_of_the_suite_has_a_row) {
  const auto table = contract_table();
  for (const auto& [name, path] : all_endpoints()) {
    EXPECT_NE(table.find("\n| `" + name + "` | "), table.npos) << name;
    EXPECT_NE(table.find(" " + path + "` | "), table.npos) << path;
  }
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(table, '\n')), all_endpoints().size() + 2);
}

}  // namespace
}  // namespace tvl::suite
