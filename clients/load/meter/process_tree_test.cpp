#include "clients/load/meter/process_tree.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::load {
namespace {

TEST(ProcField, FindsWholeKeysAtTheStartOfALine) {
  const std::string text = "SwapPss:  9 kB\nPss_Dirty:  8 kB\nPss:      7 kB\nnonvoluntary_ctxt_switches:\t6\n";
  EXPECT_EQ(proc_field(text, "Pss"), 7u);
  EXPECT_EQ(proc_field(text, "nonvoluntary_ctxt_switches"), 6u);
  EXPECT_FALSE(proc_field(text, "voluntary_ctxt_switches"));
  EXPECT_FALSE(proc_field("", "Pss"));
  EXPECT_FALSE(proc_field("Pss:\nRss: 3\n", "Pss"));
}

}  // namespace
}  // namespace tvl::load
