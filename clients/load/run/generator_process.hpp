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

  void send(std::string_view bytes);  // lost when the process has ended, which receive() shows
  void signal(int number);
  // Reads the available bytes, without waiting.
  void receive();
  // The next line; empty = not complete.
  std::optional<std::string> next_line();
  // The process has closed its end.
  bool is_closed() const { return closed_; }
  // Waits for its end; returns such as "exit code 2" or "signal 9".
  std::string exit_status();

 private:
  descriptor socket_;
  pid_t pid_ = 0;  // 0 = has been waited for
  std::string received_;
  bool closed_ = false;
};

}  // namespace tvl::load
