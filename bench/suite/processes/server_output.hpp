#pragma once
// What one launch of a server prints, through two pipes into NAME.stdout and NAME.stderr, of bounded size.

#include "bench/suite/processes/bounded_log.hpp"
#include "clients/load/base/descriptor.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tvl::suite {

class server_output {
 public:
  // Before the launch. Makes the folder. Throws std::system_error.
  server_output(const std::filesystem::path& logs, const std::string& name);
  // The server and all its descendants have ended: nothing blocks on a full pipe.
  ~server_output();

  // The ends for the server, until launched().
  int out() const { return streams_[0].to.get(); }
  int err() const { return streams_[1].to.get(); }
  // Closes these ends in this process.
  void launched();

  // Of what it has printed until now:
  std::optional<int> printed_port();   // of "listening on ADDRESS:PORT"
  nlohmann::json printed_counters();   // the last line of stdout if it is a JSON object, else null
  std::string last_lines();            // of stderr, up to three, printable, joined by " | "
  std::string last_lines_of_stdout();  // likewise

 private:
  struct stream {
    explicit stream(const std::filesystem::path& file) : log(file) {}
    bounded_log log;
    load::descriptor from, to;
  };
  void read_all();
  void read_available(stream&);
  std::string text_of(stream&);

  std::mutex mutex_;  // of the streams: the thread takes what arrives, and a caller what has arrived already
  std::array<stream, 2> streams_;
  load::descriptor over_;  // an eventfd
  std::thread reader_;
};

}  // namespace tvl::suite
