#pragma once
// What one launch of a server prints: the end of NAME.stdout and NAME.stderr, which all its launches append to.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tvl::suite {

class server_output {
 public:
  // Before the launch. Makes the folder.
  server_output(const std::filesystem::path& logs, const std::string& name);

  const std::filesystem::path& out() const { return out_; }
  const std::filesystem::path& err() const { return err_; }

  std::optional<int> printed_port() const;  // of "listening on ADDRESS:PORT"
  nlohmann::json printed_counters() const;  // the last line of stdout if it is a JSON object, else null
  std::string last_lines() const;           // of stderr, up to three, joined by " | "

 private:
  std::filesystem::path out_, err_;
  std::uintmax_t out_begin_, err_begin_;
};

}  // namespace tvl::suite
