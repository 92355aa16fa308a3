#include "bench/suite/processes/launched_server.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/support/http_client.hpp"
#include "servers/runtime/free_port.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <grp.h>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

namespace tvl::suite {
namespace {

namespace bp = boost::process;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Contestants that run now: children of ours that are not to be taken for somebody's orphans.
std::set<pid_t>& running() {
  static std::set<pid_t> pids;
  return pids;
}

// Runs in the child between fork and exec, where only system calls are safe.
struct child_setup : bp::extend::handler {
  pid_t suite;
  cpu_set_t cpus;
  bool pinned;
  std::optional<account> run_as;
  int stop_signal;

  template <class Executor>
  void on_exec_setup(Executor&) const {
    setsid();  // a group of its own: a Ctrl-C on the terminal is for the suite, which then ends the server in
               // order
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (pinned) sched_setaffinity(0, sizeof cpus, &cpus);
    if (run_as && (setgroups(0, nullptr) != 0 || setgid(run_as->group) != 0 || setuid(run_as->user) != 0)) _exit(126);
    // Forgotten at a change of user, so not earlier. Not SIGKILL: a parent of workers takes them along.
    prctl(PR_SET_PDEATHSIG, stop_signal);
    if (getppid() != suite) _exit(127);  // the suite died before the line above
  }
};

child_setup setup_for(const launch& how) {
  child_setup setup;
  setup.suite = getpid();
  setup.pinned = !how.cpus.empty();
  setup.run_as = how.run_as;
  setup.stop_signal = how.stop_signal;
  CPU_ZERO(&setup.cpus);
  for (const int cpu : how.cpus) CPU_SET(cpu, &setup.cpus);
  return setup;
}

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

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

void wait_a_little(int pidfd, std::chrono::milliseconds time) {
  pollfd fd{pidfd, POLLIN, 0};
  poll(&fd, 1, static_cast<int>(time.count()));
}

}  // namespace

void adopt_orphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

contestant::contestant(launch how) : how_(std::move(how)) {
  std::filesystem::create_directories(how_.logs);
  out_ = how_.logs / (how_.name + ".stdout");
  err_ = how_.logs / (how_.name + ".stderr");
  out_begin_ = size_of(out_);
  err_begin_ = size_of(err_);
  if (how_.port) claim_port();
  spawn();
  try {
    wait_until_ready();
  } catch (...) {
    ask_to_end();
    kill_all(family());
    close(pidfd_);
    throw;
  }
}

contestant::~contestant() {
  if (pid_ != 0) kill_all(family());
  if (pidfd_ >= 0) close(pidfd_);
}

// Else whoever listens there would be measured in its place.
void contestant::claim_port() {
  try {
    check_unused(*how_.port);
    port_ = *how_.port;
  } catch (const std::system_error& error) {
    fail("cannot have port " + std::to_string(*how_.port) + ": " + error.code().message());
  }
}

void contestant::spawn() {
  std::vector<std::string> words;
  for (const auto& word : how_.command) {
    words.push_back(fill(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name != "port") return std::nullopt;
      if (port_ == 0) port_ = unused_port();
      return std::to_string(port_);
    }));
  }
  const auto program =
      words.front().find('/') == std::string::npos ? find_program(words.front()) : std::filesystem::path(words.front());
  if (program.empty()) fail("'" + words.front() + "' is not on PATH");
  const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(out_.c_str(), "ae"), &std::fclose);
  const std::unique_ptr<FILE, int (*)(FILE*)> err(std::fopen(err_.c_str(), "ae"), &std::fclose);
  if (!out || !err) throw std::system_error(errno, std::generic_category(), how_.logs.string());
  try {
    bp::child child(bp::exe = program.string(), bp::args = std::vector(words.begin() + 1, words.end()),
                    bp::std_in<bp::null, bp::std_out> out.get(), bp::std_err > err.get(), setup_for(how_));
    pid_ = child.id();
    child.detach();
  } catch (const bp::process_error& error) {
    fail("cannot start " + program.string() + ": " + error.code().message());
  }
  running().insert(pid_);
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
}

void contestant::wait_until_ready() {
  const auto deadline = clock::now() + how_.ready_limit;
  for (auto pause = 1ms; clock::now() < deadline; pause = std::min(2 * pause, 50ms)) {
    if (how_.stop.stop_requested()) throw run_stopped();
    check_alive();
    if (port_ == 0) port_ = printed_port().value_or(0);
    if (port_ != 0 && answers()) {
      check_alive();  // or somebody else answered on that port
      return;
    }
    wait_a_little(pidfd_, pause);
  }
  const auto limit = std::to_string(how_.ready_limit.count()) + " ms";
  if (port_ == 0) fail("did not print 'listening on ADDRESS:PORT' within " + limit);
  const auto printed = printed_port().value_or(port_);
  fail("did not answer " + (how_.answers ? "on port " + std::to_string(port_) : url(how_.probe)) + " within " + limit +
       (printed != port_ ? ", and says that it listens on port " + std::to_string(printed) : ""));
}

bool contestant::answers() const { return how_.answers ? how_.answers(port_) : http_answers(url(how_.probe), 2s); }

std::optional<int> contestant::printed_port() const {
  static const std::regex ready_line(R"(listening on \S*:(\d{1,5})\b)");
  std::smatch match;
  const std::string text = output();
  return std::regex_search(text, match, ready_line) ? std::optional(std::stoi(match[1])) : std::nullopt;
}

std::string contestant::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void contestant::check_alive() {
  if (wait_for_exit(0ms)) fail(how_it_left());
}

// A program that goes into the background ends at once, and orphans are what it leaves.
std::string contestant::how_it_left() const {
  const auto text = how_it_ended(*status_);
  const auto family = this->family();
  const auto orphans = std::ranges::count_if(family, [](const load::process& p) { return p.state != 'Z'; });
  if (*status_ != 0 || orphans == 0) return text;
  return text + " and left " + std::to_string(orphans) + " of its processes behind: it has to stay in the foreground";
}

bool contestant::wait_for_exit(std::chrono::milliseconds limit) {
  if (status_) return true;
  wait_a_little(pidfd_, limit);
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

// The server, its descendants, and orphans that were handed to this process.
std::vector<load::process> contestant::family() const {
  auto family = load::process_tree(pid_);
  for (const auto& p : load::process_tree(getpid())) {
    if (p.parent == getpid() && !running().contains(p.pid))
      std::ranges::copy(load::process_tree(p.pid), std::back_inserter(family));
  }
  return family;
}

// What has begun to start may hold what does not go with it, such as System V shared memory.
void contestant::ask_to_end() const {
  for (const auto& p : family()) kill(p.pid, how_.stop_signal);
  const auto lives = [](const load::process& p) { return p.state != 'Z'; };
  for (const auto deadline = clock::now() + 2s; clock::now() < deadline; wait_a_little(-1, 5ms)) {
    if (std::ranges::none_of(family(), lives)) return;
  }
}

// Again and again until nobody is left: a process may fork while it is being looked at.
void contestant::kill_all(std::vector<load::process> family) {
  const auto deadline = clock::now() + 2s;
  while (!family.empty() && clock::now() < deadline) {
    for (const auto& p : family) kill(p.pid, SIGKILL);
    wait_for_exit(0ms);
    for (const auto& p : family) {
      if (p.pid != pid_ && p.parent == getpid()) waitpid(p.pid, nullptr, WNOHANG);
    }
    wait_a_little(-1, 1ms);
    family = this->family();
  }
  running().erase(pid_);
  pid_ = 0;
}

farewell contestant::stop() {
  farewell bye;
  auto known = family();
  kill(pid_, how_.stop_signal);
  bye.killed = !wait_for_exit(how_.stop_limit);
  if (!bye.killed) {
    bye.counters = printed_counters();
    known = survivors(std::move(known));
    bye.left_behind = known.size();
  }
  std::ranges::copy(family(), std::back_inserter(known));
  kill_all(std::move(known));
  bye.complaints = complaints();
  return bye;
}

// What is left of the family after its head ended. Workers may end a moment after the parent that told them
// to.
std::vector<load::process> contestant::survivors(std::vector<load::process> known) const {
  const auto deadline = clock::now() + 250ms;
  for (;; wait_a_little(-1, 5ms)) {
    std::ranges::copy(family(), std::back_inserter(known));
    std::erase_if(known, [&](const load::process& p) {
      const auto now = load::read_process(p.pid);
      return !now || !now->same_as(p) || now->state == 'Z' || p.pid == pid_;
    });
    std::ranges::sort(known, {}, &load::process::pid);
    const auto twice = std::ranges::unique(known, {}, &load::process::pid);
    known.erase(twice.begin(), twice.end());
    if (known.empty() || clock::now() >= deadline) return known;
  }
}

nlohmann::json contestant::printed_counters() const {
  const auto lines = lines_of(output());
  if (lines.empty()) return nullptr;
  auto printed = nlohmann::json::parse(lines.back(), nullptr, false);
  return printed.is_object() ? printed : nlohmann::json();
}

void contestant::fail(const std::string& what) const { throw contestant_failed(how_.name + " " + what + last_words()); }

std::string contestant::output() const { return read_from(out_, out_begin_); }

std::string contestant::complaints() const {
  const auto lines = lines_of(read_from(err_, err_begin_));
  std::string words;
  for (auto i = lines.size() - std::min<std::size_t>(lines.size(), 3); i < lines.size(); ++i) {
    words += (words.empty() ? "" : " | ") + lines[i];
  }
  return words;
}

std::string contestant::last_words() const {
  const auto words = complaints();
  return words.empty() ? " (nothing on stderr)" : "; stderr: | " + words;
}

}  // namespace tvl::suite
