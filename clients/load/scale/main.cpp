// tvl-scale: what loads from many hosts would cost, of which one machine can have only a few. See cluster/README.md.

#include "bench/version/version.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/exit_codes.hpp"
#include "clients/load/base/this_program.hpp"
#include "clients/load/base/units.hpp"
#include "clients/load/scale/gather.hpp"
#include "clients/load/scale/limits.hpp"
#include "clients/load/scale/skew.hpp"

#include <iostream>
#include <string_view>
#include <vector>

namespace {

constexpr char usage[] =
    "usage: tvl-scale gather [HOSTS...]   what it costs to merge the points of so many hosts (10 100 1000)\n"
    "       tvl-scale skew [HOSTS...]     how far apart their windows begin, by random delays (10 100 1000)\n"
    "       tvl-scale limits              what a million connections need\n";

std::vector<std::size_t> numbers(int argc, char** argv) {
  std::vector<std::size_t> all;
  for (int i = 2; i < argc; ++i) {
    const auto n = tvl::load::parse_amount(argv[i]);
    if (!n || *n < 1 || *n > 100'000) throw tvl::load::bad_plan(std::string(argv[i]) + " is not a number of hosts");
    all.push_back(static_cast<std::size_t>(*n));
  }
  return all.empty() ? std::vector<std::size_t>{10, 100, 1000} : all;
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace tvl::load;
  const std::string_view what = argc > 1 ? argv[1] : "--help";
  if (what == "--help" || what == "-h")
    std::cout << usage;
  else if (what == "--version")
    std::cout << tvl::version_line("tvl-scale") << '\n';
  else if (what == "gather")
    print_gather(std::cout, numbers(argc, argv));
  else if (what == "skew")
    print_skew(std::cout, numbers(argc, argv));
  else if (what == "limits" && argc == 2)
    print_limits(std::cout, this_program().parent_path() / "tvl-load");
  else
    throw bad_plan("no such action, try --help");
  return std::cout.flush() ? 0 : could_not;
} catch (...) {
  return tvl::load::report_exception("tvl-scale");
}
