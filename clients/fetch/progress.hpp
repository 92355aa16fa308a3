#pragma once
// A progress bar on a terminal: drawn at most ten times a second, erased at the end.

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>

namespace tvl::fetch {

class progress {
 public:
  // Null = draws nothing.
  progress(std::ostream* terminal, std::string way, std::size_t all)
      : terminal_(terminal), way_(std::move(way)), all_(all) {}
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() {
    if (terminal_) *terminal_ << "\r\x1b[K" << std::flush;
  }

  void show(std::size_t ended) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    constexpr std::size_t width = 40;
    const std::size_t full = ended * width / all_;
    *terminal_ << '\r' << way_ << " [" << std::string(full, '#') << std::string(width - full, '.') << "] " << ended
               << '/' << all_ << std::flush;
  }

 private:
  std::ostream* const terminal_;
  const std::string way_;
  const std::size_t all_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace tvl::fetch
