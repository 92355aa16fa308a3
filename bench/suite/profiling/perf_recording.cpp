#include "bench/suite/profiling/perf_recording.hpp"

#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/printable.hpp"
#include "bench/suite/processes/spawn.hpp"
#include "bench/support/temporary_folder.hpp"
#include "clients/load/base/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

std::string list_of(const std::vector<int>& cpus) {
  std::string text;
  for (const int cpu : cpus) text += (text.empty() ? "" : ",") + std::to_string(cpu);
  return text;
}

std::filesystem::path log_of(const std::filesystem::path& file) { return file.string() + ".log"; }

// Both ends, so that opening it waits for nobody.
load::descriptor make_fifo(const std::filesystem::path& path) {
  load::descriptor fifo;
  if (mkfifo(path.c_str(), 0600) == 0) fifo = load::descriptor(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (fifo.get() < 0) throw std::system_error(errno, std::generic_category(), path.string());
  return fifo;
}

pid_t start_perf(const std::vector<int>& cpus, const std::filesystem::path& file, const std::string& control,
                 const std::vector<int>& own_cpus) {
  const load::descriptor log(open(log_of(file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (log.get() < 0) throw std::system_error(errno, std::generic_category(), log_of(file).string());
  new_process how;
  // The clock is that of load::meter's readings.
  how.words = {"perf",
               "record",
               "--event=cpu-clock",
               "--freq=" + std::to_string(perf_recording::hz),
               "--call-graph=fp",
               "--clockid=CLOCK_MONOTONIC",
               "--cpu=" + list_of(cpus),
               "--output=" + file.string(),
               "--no-buildid",
               "--delay=-1",
               "--control=" + control};
  how.out = how.err = log.get();
  how.cpus = own_cpus;
  how.stop_signal = SIGTERM;
  return spawn(how);
}

// The system's own setting explains a refusal better than perf, which takes 20 lines.
std::string reason_in(const std::filesystem::path& log) {
  int paranoid = 0;
  std::ifstream("/proc/sys/kernel/perf_event_paranoid") >> paranoid;
  if (paranoid > 0 && geteuid() != 0)
    return "kernel.perf_event_paranoid is " + std::to_string(paranoid) +
           ": profiles of whole cores need root, or 0 there (sysctl)";
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line != "Error:") return "perf: " + printable(line);
  return "perf ended and gave no reason";
}

}  // namespace

perf_recording::perf_recording(const std::vector<int>& cpus, std::filesystem::path file,
                               const std::vector<int>& own_cpus)
    : file_(std::move(file)) {
  if (find_program("perf").empty())
    throw not_profiled("perf is not installed: Debian's linux-perf has it, as does scripts/setup --why");
  const scratch_folder talk("tvl-perf");
  const auto commands = talk.path() / "commands", replies = talk.path() / "replies";
  const auto control = make_fifo(commands), answers = make_fifo(replies);
  try {
    perf_.emplace(start_perf(cpus, file_, "fifo:" + commands.string() + "," + replies.string(), own_cpus));
  } catch (const std::runtime_error& error) {
    throw not_profiled(error.what());
  }
  constexpr std::string_view enable = "enable\n";
  constexpr int most_tries = 600;  // of 50 ms
  if (write(control.get(), enable.data(), enable.size()) < 0) throw not_profiled("perf takes no commands");
  pollfd answer{answers.get(), POLLIN, 0};
  for (int tries = 0; poll(&answer, 1, 50) == 0; ++tries) {
    check_alive();
    if (tries == most_tries) throw not_profiled("perf does not begin");
  }
}

void perf_recording::check_alive() {
  if (perf_->wait_for_exit(0ms)) throw not_profiled(reason_in(log_of(file_)));
}

void perf_recording::stop() {
  check_alive();
  perf_->stop(SIGINT, 10s, false);
}

std::string why_not_profiled(const std::vector<int>& cpus) {
  const scratch_folder folder("tvl-perf");
  try {
    perf_recording trial(cpus, folder.path() / "perf.data", {});
    trial.stop();
    return "";
  } catch (const not_profiled& reason) {
    return reason.what();
  }
}

}  // namespace tvl::suite
