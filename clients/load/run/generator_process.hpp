#pragma once
// Handle of one generator process: start, exchange lines, end. A socket is its standard input, output and error.

#include "clients/load/base/descriptor.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tvl::load {

class generator_process {
 public:
  // Runs `program --share`. Throws std::system_error.
  explicit generator_process(const std::filesystem::path& program);
  ~generator_process();  // kills it if it has not ended
  generator_process(const generator_process&) = delete;
  generator_process& operator=(const generator_process&) = delete;

  pid_t pid() const { return pid_; }
  int socket() const { return socket_.get(); }

  void say(std::string_view bytes);  // lost when the process has ended, which hear() shows
  void signal(int number);
  // Reads what is there, without waiting.
  void hear();
  // The next line; empty = not complete yet.
  std::optional<std::string> next_line();
  // The process has closed its end.
  bool is_silent() const { return silent_; }
  // Waits for its end; returns such as "exit code 2" or "signal 9".
  std::string how_it_ended();

 private:
  descriptor socket_;
  pid_t pid_ = 0;  // 0 = has been waited for
  std::string heard_;
  bool silent_ = false;
};

}  // namespace tvl::load
