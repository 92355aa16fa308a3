#pragma once
// What a program prints, in a file of bounded size: the first and the last part.

#include "clients/load/base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tvl::suite {

class bounded_log {
 public:
  static constexpr std::size_t part_bytes = 512u << 10;
  // All launches of a server append to its file. Nothing is added to one that has this size.
  static constexpr std::uintmax_t most_file_bytes = 16u << 20;

  // Throws std::system_error when the file cannot be opened.
  explicit bounded_log(const std::filesystem::path&, std::size_t part = part_bytes);
  bounded_log(const bounded_log&) = delete;
  bounded_log& operator=(const bounded_log&) = delete;

  // The first part is in the file at once, the last one after finish().
  void add(std::string_view);
  void finish();
  // Of this object's bytes, with a line between the parts if some are left out.
  std::string text() const;

 private:
  void write(std::string_view) const;
  std::string end() const;

  load::descriptor file_;
  const std::size_t part_;
  std::string first_, last_;
  std::uintmax_t left_out_ = 0;
};

}  // namespace tvl::suite
