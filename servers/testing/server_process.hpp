#pragma once
// A server program as a child process. Killed with the test, however that ends.

#include <sys/types.h>

#include <string>
#include <vector>

namespace tvl::conformance {

struct result {
  int code = -1;  // exit code; -1 = killed by a signal, or still running when patience ended
  std::string output;
  std::string errors;
};

class program {
 public:
  program(const std::string& path, std::vector<std::string> flags);
  ~program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  // Waits for the ready line; throws std::runtime_error when none comes.
  unsigned short wait_until_ready();
  unsigned short port() const { return port_; }
  pid_t pid() const { return pid_; }
  void terminate();  // SIGTERM, and does not wait
  // Waits until it has exited; `output` is what it printed after the ready line.
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
