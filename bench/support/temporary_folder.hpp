#pragma once
// A temporary folder that is removed with the object.

#include <filesystem>
#include <string>

namespace tvl::suite {

class scratch_folder {
 public:
  // Throws std::system_error.
  explicit scratch_folder(const std::string& name);
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tvl::suite
