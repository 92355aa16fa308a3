#include "bench/suite/processes/installed_programs.hpp"

// search_path.hpp of Boost 1.81 uses error_code without including it.
// clang-format off
#include <boost/system/error_code.hpp>
#include <boost/process/args.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/search_path.hpp>
#include <boost/process/system.hpp>
// clang-format on

#include <glob.h>
#include <map>
#include <system_error>

namespace tvl::suite {
namespace {

namespace bp = boost::process;

const std::string module_prefix = "python:";

std::vector<std::string> modules_among(const std::vector<std::string>& needs) {
  std::vector<std::string> modules;
  for (const auto& need : needs) {
    if (need.starts_with(module_prefix)) modules.push_back(need.substr(module_prefix.size()));
  }
  return modules;
}

bool can_import(const std::filesystem::path& python, const std::vector<std::string>& modules) {
  std::vector<std::string> args = {
      "-c", "import sys, importlib.util as u; sys.exit(any(u.find_spec(m) is None for m in sys.argv[1:]))"};
  args.insert(args.end(), modules.begin(), modules.end());
  std::error_code not_started;
  const int code = bp::system(bp::exe = python.string(), bp::args = args, bp::std_in<bp::null, bp::std_out> bp::null,
                              bp::std_err > bp::null, not_started);
  return !not_started && code == 0;
}

bool exists(const std::string& pattern) {
  glob_t found{};
  const bool any = ::glob(pattern.c_str(), 0, nullptr, &found) == 0;
  ::globfree(&found);
  return any;
}

std::filesystem::path search_python(const std::vector<std::string>& modules) {
  for (const auto& python : {find_program("python3"), std::filesystem::path("/usr/bin/python3")}) {
    if (!python.empty() && can_import(python, modules)) return python;
  }
  return {};
}

}  // namespace

std::filesystem::path find_program(const std::string& name) {
  const auto on_path = bp::search_path(name);
  return on_path.empty() ? bp::search_path(name, {"/usr/sbin"}) : on_path;
}

std::filesystem::path find_python(const std::vector<std::string>& needs) {
  static std::map<std::vector<std::string>, std::filesystem::path> found;
  const auto modules = modules_among(needs);
  const auto known = found.find(modules);
  return known != found.end() ? known->second : found[modules] = search_python(modules);
}

std::optional<std::string> unmet_need(const std::vector<std::string>& needs) {
  std::vector<std::string> so_far;
  for (const auto& need : needs) {
    so_far.push_back(need);
    if (need.starts_with('/')) {
      if (!exists(need)) return "there is no " + need;
    } else if (!need.starts_with(module_prefix)) {
      if (find_program(need).empty()) return "'" + need + "' is not on PATH";
    } else if (find_python(so_far).empty()) {
      return "no python3 here can import '" + need.substr(module_prefix.size()) + "'";
    }
  }
  return std::nullopt;
}

}  // namespace tvl::suite
