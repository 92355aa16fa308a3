#include "bench/suite/output/json_file.hpp"

#include "clients/load/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace tvl::suite {

void write_json(const std::filesystem::path& file, const nlohmann::json& value) {
  auto unfinished = file;
  unfinished += ".new";
  std::ofstream out(unfinished);
  out << load::to_json_text(value, 2) << "\n";
  out.close();
  if (!out) {
    const int error = errno;
    std::error_code ignored;
    std::filesystem::remove(unfinished, ignored);
    throw std::system_error(error, std::generic_category(), file.string());
  }
  std::filesystem::rename(unfinished, file);
}

}  // namespace tvl::suite
