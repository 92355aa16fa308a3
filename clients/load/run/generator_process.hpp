#pragma once
// One generator process of several, as its parent sees it: started, spoken to in lines over a socket that is its
// standard input, output and error, and ended.

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

  void say(std::string_view bytes);  // lost when it has ended, which hear() will tell
  void signal(int number);
  // Takes what has come, without waiting.
  void hear();
  // What it has said, line by line; none = not a whole line yet.
  std::optional<std::string> next_line();
  // It has closed its end: nothing more will come.
  bool is_silent() const { return silent_; }
  // Waits for its end; in words, such as "exit code 2" or "signal 9".
  std::string how_it_ended();

 private:
  descriptor socket_;
  pid_t pid_ = 0;  // 0 = has been waited for
  std::string heard_;
  bool silent_ = false;
};

}  // namespace tvl::load
