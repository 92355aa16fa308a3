#pragma once
// A server program as a child process, killed by the destructor and at the test's end.

#include <sys/types.h>

#include <string>
#include <vector>

namespace tvl::conformance {

struct result {
  int code = -1;  // exit code; -1 = killed by a signal, or after the time limit
  std::string output;
  std::string errors;
};

class program {
 public:
  program(const std::string& path, std::vector<std::string> flags);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  // Waits for the ready line; throws std::runtime_error without one.
  unsigned short wait_until_ready();
  unsigned short port() const { return port_; }
  pid_t pid() const { return pid_; }
  void terminate();  // sends SIGTERM, does not wait
  // Waits for its exit; `output` is everything after the ready line.
  result wait();

 private:
  bool read(bool whole);

  pid_t pid_ = -1;
  int output_ = -1;
  int errors_ = -1;
  unsigned short port_ = 0;
  result result_;
};

}  // namespace tvl::conformance
