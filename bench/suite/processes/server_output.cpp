#include "bench/suite/processes/server_output.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <system_error>
#include <vector>

namespace tvl::suite {
namespace {

std::uintmax_t size_of(const std::filesystem::path& file) {
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  return absent ? 0 : size;
}

std::string read_from(const std::filesystem::path& file, std::uintmax_t begin) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(begin));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

}  // namespace

server_output::server_output(const std::filesystem::path& logs, const std::string& name)
    : out_(logs / (name + ".stdout")),
      err_(logs / (name + ".stderr")),
      out_begin_(size_of(out_)),
      err_begin_(size_of(err_)) {
  std::filesystem::create_directories(logs);
}

std::optional<int> server_output::printed_port() const {
  static const std::regex ready_line(R"(listening on \S*:(\d{1,5})\b)");
  std::smatch match;
  const auto text = read_from(out_, out_begin_);
  return std::regex_search(text, match, ready_line) ? std::optional(std::stoi(match[1])) : std::nullopt;
}

nlohmann::json server_output::printed_counters() const {
  const auto lines = lines_of(read_from(out_, out_begin_));
  if (lines.empty()) return nullptr;
  auto printed = nlohmann::json::parse(lines.back(), nullptr, false);
  return printed.is_object() ? printed : nlohmann::json();
}

std::string server_output::last_lines() const {
  const auto lines = lines_of(read_from(err_, err_begin_));
  std::string words;
  for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 3); i < lines.size(); ++i) {
    words += (words.empty() ? "" : " | ") + lines[i];
  }
  return words;
}

}  // namespace tvl::suite
