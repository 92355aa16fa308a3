#pragma once
// Exit codes that all programs of a measurement share, and what ends them. 0 and 1 are each program's own: 1 = it has
// measured, and a check failed.

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace tvl::load {

inline constexpr int could_not = 2;           // bad input, or something here prevents it
inline constexpr int own_fault = 70;          // EX_SOFTWARE of sysexits.h
inline constexpr int interrupted_code = 130;  // 128 + SIGINT

// One line on stderr about the exception that is being handled; returns the exit code. Bad input, and what the machine
// or a server refuses, are runtime errors; anything else is a fault of the program.
inline int report_exception(const std::string& program, bool only_faults = false) {
  std::string what = "unknown exception";
  bool fault = true;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    what = "not enough memory";
    fault = only_faults;
  } catch (const std::system_error& error) {
    what = error.what();
    // std::thread names neither itself nor the limit.
    if (error.code() == std::errc::resource_unavailable_try_again)
      what = "cannot start a thread, see ulimit -u and -v: " + what;
    fault = only_faults;
  } catch (const std::exception& error) {
    what = error.what();
    fault = only_faults || dynamic_cast<const std::runtime_error*>(&error) == nullptr;
  } catch (...) {
  }
  // A library's text may have several lines.
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 127; };
  std::ranges::replace_if(what, is_control, ' ');
  std::cerr << program << ": " << (fault ? "a fault of this program: " : "") << what << std::endl;
  return fault ? own_fault : could_not;
}

// For an exception that nothing catches, e.g. of a thread: one line and an exit code instead of abort().
inline void report_uncaught_exceptions() {
  std::set_terminate([] {
    if (std::current_exception()) report_exception("uncaught exception", true);
    std::_Exit(own_fault);
  });
}

}  // namespace tvl::load
