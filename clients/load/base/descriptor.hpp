#pragma once
// RAII owner of a file descriptor, and the buffer size for reads.

#include <unistd.h>

#include <cstddef>
#include <utility>

namespace tvl::load {

inline constexpr std::size_t read_size = 64u << 10;  // bytes

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() { close(); }

  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace tvl::load
