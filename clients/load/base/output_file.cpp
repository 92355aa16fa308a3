#include "clients/load/base/output_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tvl::load {
namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

std::string flaw_of_access(const std::filesystem::path& path, int wanted) {
  return ::access(path.c_str(), wanted) == 0 ? "" : text_of(errno);
}

}  // namespace

std::string flaw_of_output_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const auto status = std::filesystem::status(folder, error);
  if (!std::filesystem::exists(status)) return error ? error.message() : text_of(ENOENT);
  if (!std::filesystem::is_directory(status)) return text_of(ENOTDIR);
  return flaw_of_access(folder, W_OK | X_OK);
}

std::string flaw_of_output_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (std::filesystem::is_directory(status)) return text_of(EISDIR);
  if (std::filesystem::exists(status)) return flaw_of_access(file, W_OK);
  if (!file.has_filename()) return text_of(file.empty() ? ENOENT : EISDIR);
  return flaw_of_output_folder(file.has_parent_path() ? file.parent_path() : ".");
}

}  // namespace tvl::load
