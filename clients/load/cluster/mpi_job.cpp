#include "clients/load/cluster/mpi_job.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/printable.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_to_connect = 40 * one_second;
constexpr auto to_end = 5s;

class host_link final : public generator_link {
 public:
  host_link(descriptor socket, mpi_job& job) : generator_link(std::move(socket)), job_(job) {}
  void stop() override { job_.stop(); }
  std::string how_it_ended(const std::string&) override { return job_.complaint(); }

 private:
  mpi_job& job_;
};

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "tvl-load.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::system_category(), "cannot make " + name);
  return name;
}

descriptor listen_at(const std::filesystem::path& file) {
  descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  file.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0)
    throw std::system_error(errno, std::system_category(), "cannot listen at " + file.string());
  return socket;
}

std::string joined(const std::vector<std::string>& all) {
  std::string list;
  for (const auto& each : all) list += (list.empty() ? "" : ",") + each;
  return list;
}

// Rank 0 is here. Ranks reach each other by TCP on the named network alone, so that none goes through shared memory
// where hosts are namespaces of one machine. A host that is cut off is noticed after 2 + 3 * 1 s.
std::vector<std::string> command_line(const load_hosts& hosts, const std::string& program, const std::string& socket) {
  std::vector<std::string> words = {"mpirun"};
  if (hosts.allow_root) words.push_back("--allow-run-as-root");
  const auto set = [&](const char* name, const std::string& value) {
    words.insert(words.end(), {"--mca", name, value});
  };
  set("plm", "rsh");  // the launcher also in a job of Slurm or PBS
  set("plm_rsh_agent", hosts.launcher);
  set("oob_tcp_if_include", hosts.network);
  set("btl_tcp_if_include", hosts.network);
  set("btl", "tcp,self");
  set("oob_tcp_keepalive_time", "2");
  set("oob_tcp_keepalive_intvl", "1");
  set("oob_tcp_keepalive_probes", "3");
  words.insert(words.end(), {"--bind-to", "none", "--oversubscribe"});
  words.insert(words.end(), {"--host", "localhost", "-np", "1", program, "--socket", socket, ":"});
  const auto others = hosts.of_all_processes();
  words.insert(words.end(), {"--host", joined(others), "-np", std::to_string(others.size()), program});
  return words;
}

// Its signals are not ignored; it ends when this process is killed.
pid_t spawn(const std::vector<std::string>& words, const std::filesystem::path& output, pid_t parent) {
  std::vector<char*> arguments;
  for (const auto& w : words) arguments.push_back(const_cast<char*>(w.c_str()));
  arguments.push_back(nullptr);
  const descriptor log(::open(output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::system_category(), "fork");
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(1);
  ::setpgid(0, 0);  // Ctrl-C reaches this program only, which collects what was measured
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(log.get(), STDOUT_FILENO);
  ::dup2(log.get(), STDERR_FILENO);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

bool is_telling(const std::string& line) {
  return line.find_first_not_of("-=* \t") != line.npos && line.find("MPI_ABORT was invoked") == line.npos;
}

}  // namespace

mpi_job::mpi_job(const load_hosts& hosts)
    : hosts_(hosts),
      names_(hosts.of_all_processes()),
      folder_(new_folder()),
      listener_(listen_at(folder_ / "socket")) {}

mpi_job::mpi_job(const load_hosts& hosts, const std::filesystem::path& rank_program) : mpi_job(hosts) {
  start(rank_program);  // should it throw, the destructor is called: the other constructor has returned
}

void mpi_job::start(const std::filesystem::path& rank_program) {
  pid_ = spawn(command_line(hosts_, rank_program, folder_ / "socket"), folder_ / "mpirun", ::getpid());
  const std::int64_t give_up = clock_now() + most_to_connect;
  while (connections_.size() < names_.size()) {
    pollfd wanted{listener_.get(), POLLIN, 0};
    ::poll(&wanted, 1, 100);
    descriptor next(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (next.get() >= 0) {
      connections_.push_back(std::move(next));
      continue;
    }
    if (has_ended()) throw bad_plan(complaint());
    if (clock_now() > give_up)
      throw bad_plan("the load hosts " + joined(names_) + " do not reach this one on the network " + hosts_.network +
                     ": is it theirs (--network), and does a firewall let TCP through?");
  }
}

mpi_job::~mpi_job() {
  connections_.clear();
  if (pid_ != 0) ::kill(pid_, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + to_end;
  while (!has_ended() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(10ms);
  if (pid_ != 0) {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<generator_group::member> mpi_job::take_members() {
  std::vector<generator_group::member> all;
  for (std::size_t i = 0; i < connections_.size(); ++i)
    all.push_back({std::make_unique<host_link>(std::move(connections_[i]), *this), "load host " + names_[i]});
  connections_.clear();
  return all;
}

// mpirun hands this signal to all ranks.
void mpi_job::stop() {
  if (pid_ != 0 && !std::exchange(stopped_, true)) ::kill(pid_, SIGUSR1);
}

bool mpi_job::has_ended() {
  if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ == 0;
}

// A rank says what happened to it. mpirun writes several lines about what it noticed; the hosts in them are those it
// lost.
std::string mpi_job::complaint() {
  for (int i = 0; i < 50 && !has_ended(); ++i) std::this_thread::sleep_for(100ms);
  std::ifstream log(folder_ / "mpirun");
  std::string first, line;
  std::set<std::string> named;
  while (std::getline(log, line)) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (const std::string rank = "rank " + std::to_string(i + 1) + ": "; line.starts_with(rank))
        return "load host " + names_[i] + ": " + line.substr(rank.size());
    if (first.empty() && is_telling(line)) first = line;
    for (const auto& host : names_)
      if (line.find("node " + host) != line.npos) named.insert(host);
  }
  if (first.empty()) first = "mpirun ended without a word; is it installed (package openmpi-bin)?";
  std::string lost;
  for (const auto& host : named) lost += (lost.empty() ? "" : ", ") + host;
  return lost.empty() ? "the load hosts ended early: " + in_quotes(first)
                      : "load host " + lost + ": its connection is lost, or its process was killed";
}

}  // namespace tvl::load
