// tvl-suite: starts servers, loads them, and writes one record per point.
//
//   tvl-suite --quick --output results/mine
//   tvl-suite --workload delay --benchmark_filter=asio_loop/64 --benchmark_repetitions=3

#include "bench/suite/suite.hpp"
#include "bench/suite/toml_file.hpp"

#include <exception>
#include <iostream>

namespace suite = tvl::suite;

int main(int argc, char** argv) {
  const auto complain = [](const std::exception& error, int code) {
    std::cerr << "tvl-suite: " << error.what() << "\n";
    return code;
  };
  try {
    const auto settings = suite::read_command_line(argc, argv);
    return settings ? suite::run(*settings) : suite::all_measured;
  } catch (const suite::bad_input& error) {
    return complain(error, suite::wrong_input);
  } catch (const suite::bad_file& error) {
    return complain(error, suite::wrong_input);
  } catch (const std::exception& error) {
    return complain(error, suite::somebody_failed);
  }
}
