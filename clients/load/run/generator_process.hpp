#pragma once
// A generator process on this machine. A socket is its standard input, output and error.

#include "clients/load/run/generator_link.hpp"

#include <sys/types.h>

#include <filesystem>

namespace tvl::load {

class generator_process final : public generator_link {
 public:
  // Runs `program --share`. Throws std::system_error.
  explicit generator_process(const std::filesystem::path& program);
  ~generator_process() override;  // kills it if it has not ended

  pid_t pid() const { return pid_; }
  void stop() override;
  std::string how_it_ended(const std::string& name) override;

 private:
  struct started {
    descriptor socket;
    pid_t pid = 0;
  };
  explicit generator_process(started);
  static started start(const std::filesystem::path& program);

  pid_t pid_ = 0;  // 0 = has been waited for
};

}  // namespace tvl::load
