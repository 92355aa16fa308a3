// tvl-load: offers load to one HTTP or WebSocket server and prints the results.
//
//   tvl-load http://127.0.0.1:8080/plaintext --connections 64 --seconds 5 --pid $(pidof asio_loop)

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/exit_codes.hpp"
#include "clients/load/base/standard_descriptors.hpp"
#include "clients/load/program.hpp"

#include <iostream>

namespace {

using namespace tvl::load;

int perform(const command& c) {
  switch (c.what) {
    case command::action::run:
      return offer_load(c);
    case command::action::find_rate:
    case command::action::find_connections:
      return find_knee(c);
    case command::action::room:
      return broadcast(c);
    case command::action::partition:
      return measure_partition(c);
    case command::action::merge:
      return merge_points(c);
    case command::action::selftest:
      return run_selftest(c);
  }
  return own_fault;
}

}  // namespace

int main(int argc, char** argv) try {
  open_standard_descriptors();
  report_uncaught_exceptions();
  const int code = perform(parse_command_line(argc, argv));
  if (!std::cout.flush()) throw bad_plan("cannot write to stdout");
  return code;
} catch (...) {
  return report_exception("tvl-load");
}
