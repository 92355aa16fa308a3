#pragma once
// points.jsonl: one record per line, on the disk before the next point begins.

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace tvl::suite {

class journal {
 public:
  // Throws std::system_error when the file cannot be made, also when it is there already: runs are not mixed.
  explicit journal(const std::filesystem::path& file);
  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  // Throws std::system_error, e.g. on a full disk; what was appended before stays readable.
  void append(const nlohmann::json& record);
  int records() const { return records_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  int fd_;
  int records_ = 0;
};

}  // namespace tvl::suite
