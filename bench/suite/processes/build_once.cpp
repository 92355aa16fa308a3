#include "bench/suite/processes/build_once.hpp"

#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/processes/errors.hpp"
#include "bench/suite/processes/installed_programs.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/group.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/start_dir.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

namespace tvl::suite {
namespace {

namespace bp = boost::process;

constexpr std::size_t most_bytes = 64u << 10;
constexpr std::size_t most_lines = 3;

void append(std::string& output, const char* data, std::size_t size) {
  output.append(data, size);
  if (output.size() > most_bytes) output.erase(0, output.size() - most_bytes);
}

// The last lines that are not empty, joined by " | ".
std::string last_lines(const std::string& output) {
  std::vector<std::string> lines;
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  std::string words;
  for (auto i = lines.size() - std::min(lines.size(), most_lines); i < lines.size(); ++i) {
    words += (words.empty() ? "" : " | ") + lines[i];
  }
  return words.empty() ? " (it printed nothing)" : ": | " + words;
}

std::vector<std::string> finished(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (const auto& word : words)
    result.push_back(finish_word(word, [](const std::string&) { return std::optional<std::string>(); }));
  return result;
}

// Until the command ends: a process that it leaves in the background may hold the pipe open for longer.
void read_output(bp::child& child, int source, const std::stop_token& stop, std::string& output) {
  pollfd fd{source, POLLIN, 0};
  char buffer[4096];
  while (!stop.stop_requested()) {
    const int ready = poll(&fd, 1, 50);
    if (ready == 0 && !child.running()) return;
    if (ready <= 0) continue;
    const auto n = read(source, buffer, sizeof buffer);
    if (n <= 0) return;
    append(output, buffer, static_cast<std::size_t>(n));
  }
}

// Empty = it succeeded.
std::string run(const std::vector<std::string>& words, const launch& how, std::string& output) {
  const auto named = std::filesystem::path(words.front());
  const auto program = words.front().find('/') == std::string::npos ? find_program(words.front()) : named;
  if (program.empty()) return "'" + words.front() + "' is not on PATH";
  bp::environment environment = boost::this_process::environment();
  for (const auto& [name, value] : how.env) environment[name] = finished({value}).front();
  const auto folder = how.cwd.empty() ? std::string(".") : how.cwd.string();
  bp::pipe pipe;
  bp::group group;
  try {
    bp::child child(bp::exe = program.string(), bp::args = std::vector(words.begin() + 1, words.end()), environment,
                    bp::start_dir = folder, bp::std_in<bp::null, (bp::std_out & bp::std_err)> pipe, group);
    read_output(child, pipe.native_source(), how.stop, output);
    std::error_code none_left;
    if (how.stop.stop_requested()) group.terminate(none_left);
    child.wait();
    group.terminate(none_left);
    if (how.stop.stop_requested()) throw run_stopped();
    return child.exit_code() == 0 ? "" : "failed with exit code " + std::to_string(child.exit_code());
  } catch (const bp::process_error& error) {
    return "cannot start: " + error.code().message();
  }
}

// Empty = all succeeded.
std::string build(const launch& how) {
  std::string failure, output;
  for (const auto& command : how.build) {
    const auto words = finished(command);
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    if (const auto why = run(words, how, output); !why.empty()) {
      failure = how.name + " cannot be built: '" + text + "': " + why + last_lines(output);
      break;
    }
  }
  std::filesystem::create_directories(how.logs);
  std::ofstream(how.logs / (how.name + ".build")) << output;
  return failure;
}

}  // namespace

void build_once(const launch& how) {
  static std::map<std::pair<std::string, std::filesystem::path>, std::string> failures;  // of each build
  if (how.build.empty()) return;
  const std::pair key(how.name, how.cwd);
  auto found = failures.find(key);
  if (found == failures.end()) found = failures.emplace(key, build(how)).first;
  if (!found->second.empty()) throw server_failed(found->second);
}

}  // namespace tvl::suite
