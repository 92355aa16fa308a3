#include "bench/suite/processes/bounded_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace tvl::suite {

bounded_log::bounded_log(const std::filesystem::path& file, std::size_t part)
    : file_(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)), part_(part) {
  if (file_.get() < 0) throw std::system_error(errno, std::generic_category(), file.string());
  struct stat info {};
  if (fstat(file_.get(), &info) == 0 && static_cast<std::uintmax_t>(info.st_size) >= most_file_bytes) file_.close();
}

void bounded_log::add(std::string_view bytes) {
  const auto begin = bytes.substr(0, part_ - first_.size());
  first_ += begin;
  write(begin);
  bytes.remove_prefix(begin.size());
  last_ += bytes;
  if (last_.size() <= 2 * part_) return;
  const auto too_many = last_.size() - part_;
  last_.erase(0, too_many);
  left_out_ += too_many;
}

void bounded_log::finish() {
  write(end());
  file_.close();
}

std::string bounded_log::text() const { return first_ + end(); }

std::string bounded_log::end() const {
  const auto kept = std::min(last_.size(), part_);
  const auto left_out = left_out_ + (last_.size() - kept);
  if (left_out == 0) return last_;
  return "\n[" + std::to_string(left_out) + " bytes left out]\n" + last_.substr(last_.size() - kept);
}

// A full disk loses the log, not the measurement.
void bounded_log::write(std::string_view bytes) const {
  while (file_.get() >= 0 && !bytes.empty()) {
    const auto done = ::write(file_.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace tvl::suite
