#include "bench/suite/processes/launched_server.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/processes/server_sockets.hpp"
#include "bench/suite/processes/spawn.hpp"
#include "clients/load/base/congestion_control.hpp"
#include "clients/load/meter/listening_sockets.hpp"
#include "clients/load/meter/metered_processes.hpp"
#include "clients/load/protocol/url.hpp"
#include "servers/runtime/free_port.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto one_try = 2s;
constexpr char ipv6_loopback[] = "[::1]";

std::string to_text(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

std::string to_text(std::chrono::milliseconds time) {
  return time % 1s == 0ms ? std::to_string(time / 1s) + " s" : std::to_string(time.count()) + " ms";
}

std::string processes_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " process" : " processes");
}

}  // namespace

launched_server::launched_server(launch how)
    : how_(std::move(how)), output_(how_.logs, how_.name), host_(how_.address) {
  if (how_.port) claim_port();
  processes_.emplace(spawn_command());
  output_.launched();
  try {
    wait_until_ready();
    find_metered();
    if (!socket_)
      congestion_control_ = set_congestion_control(processes_->all(), port_, load::usual_congestion_control);
  } catch (...) {
    processes_->give_up(how_.stop_signal);
    throw;
  }
}

// Otherwise another server on this port would be measured.
void launched_server::claim_port() {
  try {
    check_unused(*how_.port);
    port_ = *how_.port;
  } catch (const std::system_error& error) {
    throw server_failed(how_.name + " cannot have port " + std::to_string(*how_.port) + ": " + error.code().message());
  }
}

// A path of at most 107 bytes, whatever the folder of the run is.
const std::string& launched_server::new_socket() {
  if (!socket_) socket_ = folder_.emplace("tvl-socket").path() / "socket";
  return *socket_;
}

// Where it listens.
std::string launched_server::place() const { return socket_ ? *socket_ : "port " + std::to_string(port_); }

pid_t launched_server::spawn_command() {
  new_process first;
  const auto finished = [&](const std::string& word) {
    return finish_word(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name == "address") return how_.address;
      if (name == "socket") return new_socket();
      if (name != "port") return std::nullopt;
      if (port_ == 0) port_ = unused_port();
      return std::to_string(port_);
    });
  };
  for (const auto& word : how_.command) first.words.push_back(finished(word));
  for (const auto& [name, value] : how_.env) first.env[name] = finished(value);
  first.cwd = how_.cwd;
  first.out = output_.out();
  first.err = output_.err();
  first.cpus = how_.cpus;
  first.run_as = how_.run_as;
  first.stop_signal = how_.stop_signal;
  try {
    return spawn(first);
  } catch (const std::runtime_error& error) {
    throw server_failed(how_.name + " " + error.what());
  }
}

void launched_server::wait_until_ready() {
  constexpr auto settled = 2s;  // another protocol that is spoken for this long is the server's
  const auto deadline = clock::now() + how_.ready_limit;
  readiness last;
  auto other_since = deadline;
  for (auto pause = 1ms; clock::now() < deadline; pause = std::min(2 * pause, 50ms)) {
    if (how_.stop.stop_requested()) throw run_stopped();
    check_starting();
    if (!has_place()) port_ = output_.printed_port().value_or(0);
    if (has_place()) {
      last = ask_now();
      if (last.ready && !last.says_not_yet()) {
        check_starting();  // another server may have answered on this port
        return;
      }
      other_since = last.lasting ? std::min(other_since, clock::now()) : deadline;
      if (clock::now() - other_since >= settled) break;
    }
    if (processes_->wait_for_exit(pause)) std::this_thread::sleep_for(pause);  // it goes on in the background
  }
  fail_unready(last);
}

readiness launched_server::ask_now() {
  readiness found;
  if (how_.answers) {
    found.ready = how_.answers(port_);
    return found;
  }
  found = ask(url(how_.probe), one_try);
  if (found.connected || socket_ || how_.address != usual_address) return found;
  // Node's listen(PORT, "localhost") is on ::1 alone.
  const auto other = ask(url_at(ipv6_loopback, how_.probe), one_try);
  if (!other.connected) return found;
  host_ = ipv6_loopback;
  return other;
}

void launched_server::fail_unready(const readiness& last) const {
  if (is_daemon()) fail_in_background();
  const auto limit = " within " + to_text(how_.ready_limit);
  const auto because = [](const std::string& reason) { return reason.empty() ? "" : ": " + reason; };
  const auto started = processes_->living();
  if (!has_place())
    fail("did not print 'listening on ADDRESS:PORT'" + limit + because(where_they_listen(started, port_)));
  if (how_.answers) fail("did not answer on port " + std::to_string(port_) + limit);
  const auto asked = "did not answer " + url(how_.probe);
  if (last.lasting) fail(asked + because(last.instead));
  if (last.ready) fail(asked + limit + because("status " + std::to_string(last.status) + " until the end"));
  fail(asked + limit + because(last.connected ? last.instead : where_they_listen(started, port_)) +
       (how_.address == usual_address ? "" : "; a command is told where to listen by {address}"));
}

std::string launched_server::url(const std::string& path) const { return url_at(host_, path); }

std::string launched_server::url_at(const std::string& host, const std::string& path) const {
  return load::url_at(socket_ ? "unix:" + *socket_ : "http://" + host + ":" + std::to_string(port_), path);
}

// A program that goes on in the background ends at once with exit code 0, and leaves orphans.
void launched_server::check_starting() {
  if (!processes_->wait_for_exit(0ms)) return;
  if (*processes_->status() != 0 || processes_->living().empty()) fail(describe_exit());
}

void launched_server::check_alive() {
  if (!processes_->wait_for_exit(0ms)) return;
  if (!daemon_) fail(describe_exit());
  const auto now = load::read_process(daemon_->pid);
  if (!now || !now->same_as(*daemon_) || now->state == 'Z') fail("has ended in the background");
}

std::string launched_server::describe_exit() const {
  const auto text = to_text(*processes_->status());
  const auto orphans = processes_->living().size();
  return orphans == 0 ? text : text + " and left " + processes_text(orphans) + " behind";
}

void launched_server::fail_in_background() const {
  fail(describe_exit() + ": none answers and listens on the port; let it stay in the foreground");
}

void launched_server::find_metered() {
  const auto started = processes_->living();
  auto sockets = load::listening_sockets();
  std::erase_if(sockets,
                [this](const load::listening_socket& s) { return socket_ ? s.address != *socket_ : s.port != port_; });
  const auto held = load::holders_of(sockets, started);
  if (!held.pids.empty()) {
    const auto found = load::without_launchers(started, held.pids);
    metered_ = found.roots;
    for (const pid_t pid : found.launchers) launchers_.push_back(load::name_of(pid));
  } else if (!held.all_seen) {  // a process of another user, or one whose file has capabilities; and it did answer
    std::vector<pid_t> pids;
    for (const auto& p : started) pids.push_back(p.pid);
    metered_ = load::tops(started, pids);
  } else if (is_daemon()) {
    fail_in_background();
  } else {
    const auto others = load::holders_of(sockets, load::all_processes()).pids;
    const auto holder = others.empty() ? "" : ", but process " + load::named(others.front()) + " does";
    not_metered_ = "has no CPU and memory figures: none of its processes listens on " + place() + holder;
  }
  if (is_daemon() && !metered_.empty()) daemon_ = load::read_process(metered_.front());
}

exit_status launched_server::stop() {
  exit_status ended;
  const bool late = !launchers_.empty() || is_daemon();
  const auto how = processes_->stop(how_.stop_signal, how_.stop_limit, late);
  ended.killed = how.killed;
  ended.left_behind = how.left;
  ended.trouble = describe(how);
  if (!ended.killed) ended.counters = output_.printed_counters();
  ended.complaints = output_.last_lines();
  return ended;
}

std::string launched_server::describe(const started_processes::ending& how) const {
  if (!how.killed && how.left == 0) return "";
  const auto signal = how_.stop_signal == SIGTERM ? "SIGTERM" : "signal " + std::to_string(how_.stop_signal);
  auto text = how.killed ? "did not end within " + to_text(how_.stop_limit) + " of " + signal + " and was killed"
                         : "left " + processes_text(how.left) + " that did not end on " + signal + ", now killed";
  if (launchers_.empty()) return text;
  return text + "; '" + launchers_.back() +
         "' stays above the server: start the server itself, or put `exec` before its command";
}

void launched_server::fail(const std::string& what) const {
  throw server_failed(how_.name + " " + what + quoted_output());
}

std::string launched_server::quoted_output() const {
  const auto out = output_.last_lines_of_stdout(), err = output_.last_lines();
  if (out.empty() && err.empty()) return " (nothing on stdout and stderr)";
  return (out.empty() ? "" : "; stdout: | " + out) + (err.empty() ? "" : "; stderr: | " + err);
}

}  // namespace tvl::suite
