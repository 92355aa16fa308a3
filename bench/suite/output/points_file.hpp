#pragma once
// points.jsonl: one record per line, on the disk before the next point begins.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

namespace tvl::suite {

class journal {
 public:
  // Throws std::system_error when the file cannot be created or exists: runs are not mixed.
  explicit journal(const std::filesystem::path& file);
  // Resumes a file whose first `kept_bytes` are whole lines, and truncates the rest. Throws bad_input while another
  // process writes it.
  journal(const std::filesystem::path& file, std::uintmax_t kept_bytes);
  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  // Throws std::system_error, e.g. on a full disk; earlier records stay readable.
  void append(const nlohmann::json& record);
  // Unless the same line is there: a resumed run leaves the same out again.
  void append_once(const nlohmann::json& record);
  int records() const { return records_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  void lock();
  void append_line(const std::string& line);

  std::filesystem::path file_;
  int fd_;
  int records_ = 0;
  std::set<std::string> once_;  // lines written by append_once()
};

}  // namespace tvl::suite
