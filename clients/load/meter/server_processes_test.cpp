#include "clients/load/meter/server_processes.hpp"

#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/listening_sockets.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tvl::load {
namespace {

// Listens on a free port.
class listener {
 public:
  explicit listener(const char* address) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    inet_pton(AF_INET, address, &here.sin_addr);
    socklen_t size = sizeof here;
    if (bind(socket_.get(), reinterpret_cast<sockaddr*>(&here), size) != 0 || listen(socket_.get(), 1) != 0 ||
        getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&here), &size) != 0) {
      ADD_FAILURE() << "cannot listen";
    }
    port = ntohs(here.sin_port);
  }
  void close() { socket_.close(); }
  int port = 0;

 private:
  descriptor socket_;
};

// A forked process that waits to be killed.
class child {
 public:
  explicit child(const std::function<void()>& first = [] {}) : pid(fork()) {
    if (pid != 0) return;
    first();
    for (;;) pause();
  }
  ~child() {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  const pid_t pid;
};

bool all_may_be_seen() { return holders_of({}, all_processes()).all_seen; }

TEST(ServerProcesses, TheProcessThatListensIsFound) {
  listener there("127.0.0.1");
  const child server;  // it has inherited the socket
  there.close();
  EXPECT_EQ(processes_listening_at("127.0.0.1", there.port).roots, std::vector{server.pid});
  EXPECT_EQ(processes_below(server.pid, "127.0.0.1", there.port).roots, std::vector{server.pid});
  EXPECT_EQ(processes_below(getpid(), "127.0.0.1", there.port).roots, std::vector{server.pid}) << "below a launcher";
}

TEST(ServerProcesses, ASocketForAllAddressesIsAtEach) {
  listener there("0.0.0.0");
  const child server;
  there.close();
  EXPECT_EQ(processes_listening_at("127.0.0.1", there.port).roots, std::vector{server.pid});
}

TEST(ServerProcesses, AProcessThatDoesNotListenThereIsRefused) {
  listener there("127.0.0.1");
  const child other([&] { there.close(); });
  const child server;
  there.close();
  while (!holders_of(listening_sockets(), {*read_process(other.pid)}).pids.empty()) usleep(1000);
  const auto found = processes_below(other.pid, "127.0.0.1", there.port);
  EXPECT_TRUE(found.roots.empty());
  EXPECT_EQ(found.why_none, "process " + named(other.pid) + " does not listen on 127.0.0.1:" +
                                std::to_string(there.port) + ", but process " + named(server.pid) + " does");
  EXPECT_EQ(processes_below(5'000'000, "127.0.0.1", there.port).why_none, "there is no process 5000000");
}

TEST(ServerProcesses, NoneAreFoundWhereNothingListens) {
  listener there("127.0.0.1");
  there.close();
  const auto found = processes_listening_at("127.0.0.1", there.port);
  EXPECT_TRUE(found.roots.empty());
  EXPECT_TRUE(found.why_none.starts_with("which process listens on 127.0.0.1:" + std::to_string(there.port) +
                                         (all_may_be_seen() ? " cannot be seen" : " may be seen by root")))
      << found.why_none;
}

TEST(ServerProcesses, OfAnotherMachineAreUnknown) {
  const auto found = processes_listening_at("192.0.2.1", 80);  // TEST-NET-1
  EXPECT_TRUE(found.roots.empty());
  EXPECT_EQ(found.why_none, "");
}

TEST(ServerProcesses, ThatRunTheGeneratorAreNotMetered) {
  const listener here("127.0.0.1");
  const auto found = processes_listening_at("127.0.0.1", here.port);
  EXPECT_TRUE(found.roots.empty());
  EXPECT_EQ(found.why_none, "process " + named(getpid()) + " started this program, too");
}

TEST(ListeningSockets, HaveTheirAddress) {
  const listener here("127.0.0.1");
  const auto name = testing::TempDir() + "listening." + std::to_string(getpid());
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  ASSERT_LT(name.size(), sizeof path.sun_path);
  std::ranges::copy(name, path.sun_path);
  const descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(socket.get(), reinterpret_cast<sockaddr*>(&path), sizeof path), 0);
  ASSERT_EQ(listen(socket.get(), 1), 0);
  EXPECT_EQ(processes_listening_at(name, 80).why_none, "process " + named(getpid()) + " started this program, too");
  const auto held = holders_of(listening_sockets(), {*read_process(getpid())});
  unlink(name.c_str());
  std::vector<std::string> texts;
  for (const auto& s : held.sockets) texts.push_back(to_text(s));
  EXPECT_EQ(texts, (std::vector{"127.0.0.1:" + std::to_string(here.port), "unix:" + name}));
}

// Binds and listens; the path may be relative.
void listen_at(const std::string& path) {
  sockaddr_un here{};
  here.sun_family = AF_UNIX;
  std::ranges::copy(path, here.sun_path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(socket, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0 || listen(socket, 16) != 0)
    _exit(1);  // never accepts
}

TEST(ServerProcesses, ASocketThatWasBoundByARelativePathIsFound) {
  const auto folder = std::filesystem::canonical(testing::TempDir());
  const auto file = "relative." + std::to_string(getpid());
  const child server([&] {
    if (chdir(folder.c_str()) != 0) _exit(1);
    listen_at("other." + file);
    listen_at("./" + file);
  });
  while (holders_of(listening_sockets(), {*read_process(server.pid)}).sockets.size() != 2) {
    ASSERT_EQ(waitpid(server.pid, nullptr, WNOHANG), 0) << "it cannot listen";
    usleep(1000);
  }
  const auto link = folder / ("link." + file);
  std::filesystem::create_symlink(folder / file, link);
  const child other;
  for (const auto& path : {(folder / file).string(), link.string()}) {
    EXPECT_EQ(processes_listening_at(path, 0).roots, std::vector{server.pid}) << path;
    EXPECT_EQ(processes_below(server.pid, path, 0).roots, std::vector{server.pid}) << path;
    EXPECT_EQ(processes_below(other.pid, path, 0).why_none, "process " + named(other.pid) +
                                                                " does not listen on unix:" + path + ", but process " +
                                                                named(server.pid) + " does");
  }
  for (const auto& made : {folder / file, folder / ("other." + file), link}) std::filesystem::remove(made);
}

}  // namespace
}  // namespace tvl::load
