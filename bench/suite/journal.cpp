#include "bench/suite/journal.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace tvl::suite {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

}  // namespace

journal::journal(const std::filesystem::path& file)
    : file_(file), fd_(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) fail(file_);
}

journal::~journal() { close(fd_); }

void journal::append(const nlohmann::json& record) {
  const auto begin = lseek(fd_, 0, SEEK_END);
  // A server's last words may be any bytes.
  const std::string line = record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const auto written = write(fd_, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      if (ftruncate(fd_, begin) != 0) errno = error;  // half a line would make the file unreadable from here on
      errno = error;
      fail(file_);
    }
    done += static_cast<std::size_t>(written);
  }
  if (fsync(fd_) != 0) fail(file_);
  ++records_;
}

}  // namespace tvl::suite
