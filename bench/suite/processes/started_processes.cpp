#include "bench/suite/processes/started_processes.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <thread>
#include <utility>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// The first process of the server to which a session belongs, of all that run now. A first process leads the session
// with its own number; a daemon makes another.
std::map<pid_t, pid_t>& owners() {
  static std::map<pid_t, pid_t> of_sessions;
  return of_sessions;
}

bool lives(const load::process& p) { return p.state != 'Z'; }

// A child of this process that is no first process of a server is an orphan. It keeps its session, or has made one that
// belongs to the server that sees it first: servers start one after the other.
bool is_orphan_of(pid_t root, const load::process& p) {
  if (p.parent != getpid() || getsid(p.pid) == getsid(0)) return false;  // such as a generator process
  const auto own = owners().find(p.pid);
  if (own != owners().end() && own->second == p.pid) return false;
  const auto session = owners().find(getsid(p.pid));
  return session == owners().end() || session->second == root;
}

std::chrono::milliseconds until(clock::time_point moment) {
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(moment - clock::now()), 0ms);
}

}  // namespace

void become_subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

started_processes::started_processes(pid_t root)
    : root_(root), pidfd_(static_cast<int>(syscall(SYS_pidfd_open, root, 0))) {
  owners().emplace(root, root);
}

started_processes::~started_processes() {
  kill_all();
  std::erase_if(owners(), [this](const auto& session) { return session.second == root_; });
}

std::vector<load::process> started_processes::all() const {
  const auto everything = load::all_processes();
  std::vector<load::process> roots;
  for (const auto& p : everything) {
    if (p.pid == root_ && !status_) roots.insert(roots.begin(), p);
    if (is_orphan_of(root_, p)) roots.push_back(p);
  }
  auto found = load::with_descendants(std::move(roots), everything);
  for (const auto& p : found) {
    if (const pid_t session = getsid(p.pid); session > 0 && session != getsid(0)) owners().emplace(session, root_);
  }
  return found;
}

// The first living process below this one is its child, so a list shows it, unless it ended meanwhile. Then it is a
// zombie that the list before did not show, and it may have left a child that is too new for both.
std::vector<load::process> started_processes::living() const {
  for (std::size_t zombies = 0;;) {
    auto found = all();
    const auto listed = found.size();
    std::erase_if(found, std::not_fn(lives));
    if (!found.empty() || listed == zombies) return found;
    zombies = listed;
  }
}

bool started_processes::wait_for_exit(std::chrono::milliseconds limit) {
  if (status_) return true;
  pollfd ended{pidfd_.get(), POLLIN, 0};
  poll(&ended, 1, static_cast<int>(limit.count()));
  int status = 0;
  if (waitpid(root_, &status, WNOHANG) == root_) status_ = status;
  return status_.has_value();
}

// Processes that outlive the first one by more than the limit.
std::vector<load::process> started_processes::survivors(std::vector<load::process> known,
                                                        std::chrono::milliseconds limit) const {
  const auto deadline = clock::now() + limit;
  for (;; std::this_thread::sleep_for(5ms)) {
    std::erase_if(known, [&](const load::process& p) {
      const auto now = load::read_process(p.pid);
      return !now || !now->same_as(p) || !lives(*now) || p.pid == root_;
    });
    std::ranges::copy(living(), std::back_inserter(known));
    std::ranges::sort(known, {}, &load::process::pid);
    const auto twice = std::ranges::unique(known, {}, &load::process::pid);
    known.erase(twice.begin(), twice.end());
    if (known.empty() || clock::now() >= deadline) return known;
  }
}

bool started_processes::outside(const load::process& p) const {
  const pid_t group = getpgid(p.pid);
  return group > 0 && group != root_;
}

started_processes::ending started_processes::stop(int signal, std::chrono::milliseconds limit, bool late) {
  constexpr auto usual = 250ms;  // that workers need after their parent has stopped them
  constexpr auto own_order = 1s;
  const auto deadline = clock::now() + limit;
  auto known = living();
  if (!known.empty()) kill(-root_, signal);
  if (!late) wait_for_exit(std::min<std::chrono::milliseconds>(limit, own_order));
  for (const auto& p : living()) {
    known.push_back(p);
    if (!outside(p)) continue;
    kill(p.pid, signal);
    late = true;
  }
  ending how;
  how.killed = !wait_for_exit(until(deadline));
  if (!how.killed) {
    known = survivors(std::move(known), late ? std::max(until(deadline), usual) : usual);
    how.left = known.size();
  }
  for (const auto& p : known) kill(p.pid, SIGKILL);  // some may be nobody's descendants by now
  kill_all();
  return how;
}

// A starting program may hold resources that outlive it, such as System V shared memory: SIGKILL only after a wait.
void started_processes::give_up(int signal) {
  for (const auto& p : living()) kill(p.pid, signal);
  for (const auto deadline = clock::now() + 2s; clock::now() < deadline && !living().empty();)
    std::this_thread::sleep_for(5ms);
  kill_all();
}

// Repeated until none is left, because a process may fork while the list is made.
void started_processes::kill_all() {
  auto left = all();
  for (const auto deadline = clock::now() + 2s; !left.empty() && clock::now() < deadline; left = all()) {
    for (const auto& p : left) kill(p.pid, SIGKILL);
    wait_for_exit(0ms);
    for (const auto& p : left) {
      if (p.pid != root_ && p.parent == getpid()) waitpid(p.pid, nullptr, WNOHANG);
    }
    std::this_thread::sleep_for(1ms);
  }
}

}  // namespace tvl::suite
