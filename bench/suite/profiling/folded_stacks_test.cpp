#include "bench/suite/profiling/folded_stacks.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tvl::suite {
namespace {

using counts = std::map<std::string, std::uint64_t>;

const sampled_window one_second{10'000'000'000, 11'000'000'000, {7, 8}};

// A sample of perf script; `frames` innermost first.
std::string sample(const std::string& who, const std::string& at, const std::string& frames) {
  return "   " + who + " " + at + ": \n" + frames + "\n";
}

const std::string send =
    "\tffffffff8206e58b tcp_sendmsg ([kernel.kallsyms])\n"
    "\tffffffff81000130 entry_SYSCALL_64_after_hwframe ([kernel.kallsyms])\n"
    "\t          10aba4 __send (/usr/lib/x86_64-linux-gnu/libc.so.6)\n";

TEST(FoldedStacks, HaveTheOutermostFrameFirst) {
  const auto all = fold(sample("7/9", "10.500000000", send) + sample("8/8", "10.600000001", send), one_second);
  EXPECT_EQ(all.of_server, (counts{{"libc.so.6`__send;entry_SYSCALL_64_after_hwframe_[k];tcp_sendmsg_[k]", 2}}));
  EXPECT_EQ(all.samples, 2u);
  EXPECT_EQ(to_text(all, 1000), "libc.so.6`__send;entry_SYSCALL_64_after_hwframe_[k];tcp_sendmsg_[k] 2\n");
}

TEST(FoldedStacks, TellTheServerFromOthersAndTheWindowFromTheRest) {
  const auto all = fold(sample("7/7", "9.999999999", send) + sample("7/7", "11.000000000", send) +
                            sample("0/0", "10.100000000", send) + sample("6/6", "10.000000000", send) +
                            sample("7/7", "10.000000000", send),
                        one_second);
  EXPECT_EQ(all.samples, 1u);
  EXPECT_EQ(all.elsewhere, 1u);
  EXPECT_EQ(all.idle, 1u);
}

TEST(FoldedStacks, CountSamplesThatWereLost) {
  const auto all = fold(sample("7/7", "10.200000000", send) + "    7/7 10.300000000: PERF_RECORD_LOST lost 12\n" +
                            sample("7/7", "10.400000000", send),
                        one_second);
  EXPECT_EQ(all.lost, 12u);
  EXPECT_EQ(all.samples, 2u);
}

TEST(FoldedStacks, CountWhatHasNoName) {
  const auto all = fold(sample("7/7", "10.200000000",
                               "\t 55aa [unknown] (/opt/a b/server)\n\t 55ab [unknown] (/opt/a b/server)\n"
                               "\t 55ac main (/opt/a b/server)\n") +
                            sample("7/7", "10.200000001", "\tffffffff82083a35 [unknown] ([kernel.kallsyms])\n") +
                            sample("7/7", "10.200000002", ""),
                        one_second);
  EXPECT_EQ(all.nameless, (counts{{"server", 1}, {"kernel", 1}, {"[unknown]", 1}}));
  EXPECT_EQ(all.of_server,
            (counts{{"server`main;server`[unknown]", 1}, {"[unknown]_[k]", 1}, {"[unknown]`[unknown]", 1}}));
}

TEST(FoldedStacks, SkipLinesThatAreNone) {
  EXPECT_EQ(fold("", one_second).samples, 0u);
  EXPECT_EQ(fold("nonsense\n\n\t\n\tzz (\n7/\n7/7 x\n", one_second).samples, 0u);
  EXPECT_EQ(fold(sample("7/7", "10.500000000", "\tno address (x)\n" + send), one_second).samples, 1u);
}

TEST(FoldedStacks, FitIntoAFile) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "\t 55ac f" + std::to_string(i) + " (/bin/server)\n";
  const auto all = fold(sample("7/7", "10.500000000", deep), one_second);
  const auto whole = to_text(all, 1 << 20), cut = to_text(all, 300);
  EXPECT_TRUE(whole.starts_with("server`f99;"));
  EXPECT_LE(cut.size(), 300u);
  EXPECT_TRUE(cut.ends_with(";server`f1;server`f0 1\n")) << cut;
}

TEST(FoldedStacks, KeepTheKernelsFramesWhereTheyDoNotFit) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "\t 55ac f" + std::to_string(i) + " (/bin/server)\n";
  const auto all = fold(
      sample("7/7", "10.500000000", "\tffffffff8206e58b b ([k])\n\tffffffff8206e58c a ([k])\n" + deep), one_second);
  EXPECT_EQ(to_text(all, 60), "server`f3;server`f2;server`f1;server`f0;a_[k];b_[k] 1\n");
  EXPECT_EQ(to_text(all, 30), "server`f0;a_[k];b_[k] 1\n");
}

TEST(ShortName, IsWithoutParameters) {
  const std::map<std::string, std::string> names{
      {"main", "main"},
      {"tvl::handler::session::next", "tvl::handler::session::next"},
      {"boost::asio::detail::f<int, g<3>>(int, char)", "boost::asio::detail::f"},
      {"(anonymous namespace)::serve(tvl::runtime::server&)", "(anonymous namespace)::serve"},
      {"std::function<void (int)>::operator()(int) const", "std::function::operator() const"},
      {"a::operator<< <char>(b)", "a::operator<<"},
      {"a::operator<(b)", "a::operator<"},
      {"f(std::function<void (a::operator()())>)", "f"},
      {"a;b\n", "a:b\\x0a"},
      {"f>g", "f>g"},
      {"", "[unknown]"},
      {"<>", "[unknown]"},
  };
  for (const auto& [symbol, name] : names) EXPECT_EQ(short_name(symbol), name) << symbol;
}

}  // namespace
}  // namespace tvl::suite
