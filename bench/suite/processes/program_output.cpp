#include "bench/suite/processes/program_output.hpp"

#include "bench/suite/processes/installed_programs.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>

#include <sstream>
#include <system_error>

namespace tvl::suite {

namespace bp = boost::process;

program_output output_of(const std::string& program, const std::vector<std::string>& arguments) {
  const auto path = find_program(program);
  if (path.empty()) return {};
  bp::ipstream out;
  std::error_code not_started;
  bp::child child(bp::exe = path.string(), bp::args = arguments, bp::std_in<bp::null, bp::std_out> out,
                  bp::std_err > bp::null, not_started);
  // Without a descriptor for its own pipe, Boost starts nothing and names no error.
  if (not_started || !child.valid()) return {};
  std::ostringstream text;
  text << out.rdbuf();
  child.wait();
  return {child.exit_code(), text.str()};
}

}  // namespace tvl::suite
