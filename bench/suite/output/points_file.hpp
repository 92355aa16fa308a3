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
  // Throws std::system_error when the file cannot be made, also when it is there already: runs are not mixed.
  explicit journal(const std::filesystem::path& file);
  // Goes on with a file of which the first `kept_bytes` are whole lines; what is behind them is cut off. Throws
  // bad_input when somebody else writes it still.
  journal(const std::filesystem::path& file, std::uintmax_t kept_bytes);
  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  // Throws std::system_error, e.g. on a full disk; what was appended before stays readable.
  void append(const nlohmann::json& record);
  // Unless the very same line is there: what is left out again when a run goes on.
  void append_once(const nlohmann::json& record);
  int records() const { return records_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  void lock();
  void append_line(const std::string& line);

  std::filesystem::path file_;
  int fd_;
  int records_ = 0;
  std::set<std::string> once_;  // lines that are not to be there twice
};

}  // namespace tvl::suite
