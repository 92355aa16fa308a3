#include "bench/suite/output/points_file.hpp"

#include "bench/support/usage_error.hpp"
#include "clients/load/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace tvl::suite {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what = "") {
  throw std::system_error(errno, std::generic_category(), file.string() + what);
}

std::string line_of(const nlohmann::json& record) { return load::to_json_text(record) + "\n"; }

}  // namespace

journal::journal(const std::filesystem::path& file)
    : file_(file), fd_(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) fail(file_);
  lock();
}

journal::journal(const std::filesystem::path& file, std::uintmax_t kept_bytes)
    : file_(file), fd_(open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {
  if (fd_ < 0) fail(file_);
  lock();
  if (ftruncate(fd_, static_cast<off_t>(kept_bytes)) != 0) fail(file_);
  std::ifstream lines(file_);
  for (std::string line; std::getline(lines, line); ++records_) {
    if (line.find("\"left_out\":") != std::string::npos) once_.insert(line + "\n");
  }
}

journal::~journal() { close(fd_); }

void journal::lock() {
  if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
  close(fd_);
  throw bad_input(file_.string() + " is being written by another tvl-suite");
}

void journal::append(const nlohmann::json& record) { append_line(line_of(record)); }

void journal::append_once(const nlohmann::json& record) {
  const auto line = line_of(record);
  if (!once_.contains(line)) append_line(line);
  once_.insert(line);
}

void journal::append_line(const std::string& line) {
  const auto begin = lseek(fd_, 0, SEEK_END);
  std::size_t done = 0;
  while (done < line.size()) {
    const auto written = ::write(fd_, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      if (ftruncate(fd_, begin) != 0) errno = error;  // half a line would make the file unreadable from here on
      errno = error;
      fail(file_, ": a record cannot be written, " + std::to_string(records_) + " are kept");
    }
    done += static_cast<std::size_t>(written);
  }
  if (fsync(fd_) != 0) fail(file_);
  ++records_;
}

}  // namespace tvl::suite
