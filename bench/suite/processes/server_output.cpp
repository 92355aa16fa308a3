#include "bench/suite/processes/server_output.hpp"

#include "bench/suite/processes/printable.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <regex>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace tvl::suite {
namespace {

constexpr std::size_t most_at_once = 256u << 10;  // more than a pipe has; a server may print faster than this reads

std::filesystem::path made(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  return folder;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::string joined_end(const std::vector<std::string>& lines) {
  std::string words;
  for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 3); i < lines.size(); ++i) {
    words += (words.empty() ? "" : " | ") + printable(lines[i]);
  }
  return words;
}

}  // namespace

server_output::server_output(const std::filesystem::path& logs, const std::string& name)
    : streams_{stream(made(logs) / (name + ".stdout")), stream(logs / (name + ".stderr"))},
      over_(eventfd(0, EFD_CLOEXEC)) {
  for (auto& s : streams_) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    s.from = load::descriptor(ends[0]);
    s.to = load::descriptor(ends[1]);
    fcntl(s.from.get(), F_SETFL, O_NONBLOCK);  // of this end alone: the server's end blocks as usual
  }
  reader_ = std::thread([this] { read_all(); });
}

server_output::~server_output() {
  constexpr std::uint64_t one = 1;
  while (::write(over_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  reader_.join();
  for (auto& s : streams_) {
    read_available(s);
    s.log.finish();
  }
}

void server_output::launched() {
  for (auto& s : streams_) s.to.close();
}

void server_output::read_all() {
  pollfd waits[] = {{streams_[0].from.get(), POLLIN, 0}, {streams_[1].from.get(), POLLIN, 0}, {over_.get(), POLLIN, 0}};
  while (waits[2].revents == 0) {
    if (poll(waits, 3, -1) < 0) continue;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const std::lock_guard lock(mutex_);
      read_available(streams_[i]);
      if ((waits[i].revents & POLLIN) == 0) waits[i].fd = -1;  // every writer has closed it
    }
  }
}

void server_output::read_available(stream& s) {
  char bytes[64u << 10];
  for (std::size_t read_bytes = 0; read_bytes < most_at_once;) {
    const auto got = ::read(s.from.get(), bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    s.log.add({bytes, static_cast<std::size_t>(got)});
    read_bytes += static_cast<std::size_t>(got);
  }
}

std::string server_output::text_of(stream& s) {
  const std::lock_guard lock(mutex_);
  read_available(s);
  return s.log.text();
}

std::optional<int> server_output::printed_port() {
  static const std::regex ready_line(R"(listening on \S*:(\d{1,5})\b)");
  constexpr std::size_t longest = 1000;  // the expression recurses for each character
  std::smatch match;
  for (const auto& line : lines_of(text_of(streams_[0]))) {
    if (line.size() <= longest && std::regex_search(line, match, ready_line)) return std::stoi(match[1]);
  }
  return std::nullopt;
}

nlohmann::json server_output::printed_counters() {
  const auto lines = lines_of(text_of(streams_[0]));
  if (lines.empty()) return nullptr;
  auto printed = nlohmann::json::parse(lines.back(), nullptr, false);
  return printed.is_object() ? printed : nlohmann::json();
}

std::string server_output::last_lines() { return joined_end(lines_of(text_of(streams_[1]))); }

std::string server_output::last_lines_of_stdout() { return joined_end(lines_of(text_of(streams_[0]))); }

}  // namespace tvl::suite
