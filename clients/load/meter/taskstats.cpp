#include "clients/load/meter/taskstats.hpp"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>

namespace tvl::load {

namespace {

struct message {
  nlmsghdr header;
  genlmsghdr command;
  char attributes[2048];
};

// The payload of the first attribute of this type.
std::span<const char> find(std::span<const char> row, int type) {
  while (row.size() >= NLA_HDRLEN) {
    nlattr attribute{};
    std::memcpy(&attribute, row.data(), sizeof attribute);
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > row.size()) break;
    if ((attribute.nla_type & NLA_TYPE_MASK) == type) return row.subspan(NLA_HDRLEN, attribute.nla_len - NLA_HDRLEN);
    row = row.subspan(std::min<std::size_t>(NLA_ALIGN(attribute.nla_len), row.size()));
  }
  return {};
}

class taskstats_socket {
 public:
  taskstats_socket() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC)) {
    const timeval limit{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    using namespace std::string_view_literals;
    message reply{};
    const auto attributes =
        ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, "" TASKSTATS_GENL_NAME "\0"sv, reply);
    const auto id = find(attributes, CTRL_ATTR_FAMILY_ID);
    if (id.size() >= sizeof family_) std::memcpy(&family_, id.data(), sizeof family_);
  }
  ~taskstats_socket() { close(fd_); }
  taskstats_socket(const taskstats_socket&) = delete;
  taskstats_socket& operator=(const taskstats_socket&) = delete;

  scheduling_counts query(pid_t pid) {
    if (family_ == 0) return {};
    message reply{};
    const auto attributes = ask(family_, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_TGID,
                                {reinterpret_cast<const char*>(&pid), sizeof pid}, reply);
    const auto payload = find(find(attributes, TASKSTATS_TYPE_AGGR_TGID), TASKSTATS_TYPE_STATS);
    taskstats stats{};
    if (payload.size() < offsetof(taskstats, nivcsw) + sizeof stats.nivcsw) return {};
    std::memcpy(&stats, payload.data(), std::min(sizeof stats, payload.size()));
    return {stats.nvcsw, stats.nivcsw, stats.cpu_count, stats.cpu_delay_total, std::nullopt};
  }

 private:
  // Sends one request with one attribute; returns the reply's attributes, none on any error.
  std::span<const char> ask(std::uint16_t type, std::uint8_t command, std::uint16_t attribute, std::string_view value,
                            message& reply) {
    const std::scoped_lock one_at_a_time(mutex_);
    const nlattr head{static_cast<std::uint16_t>(NLA_HDRLEN + value.size()), attribute};
    message request{};
    request.header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(head.nla_len));
    request.header.nlmsg_type = type;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.header.nlmsg_seq = ++sequence_;
    request.command.cmd = command;
    request.command.version = 1;
    std::memcpy(request.attributes, &head, sizeof head);
    std::memcpy(request.attributes + NLA_HDRLEN, value.data(), value.size());
    if (send(fd_, &request, request.header.nlmsg_len, 0) < 0) return {};

    do {  // skips a late reply to a query that timed out
      const auto got = recv(fd_, &reply, sizeof reply, 0);
      if (got < static_cast<ssize_t>(NLMSG_LENGTH(GENL_HDRLEN))) return {};
      if (reply.header.nlmsg_len > static_cast<std::size_t>(got)) return {};
    } while (reply.header.nlmsg_seq != request.header.nlmsg_seq);
    if (reply.header.nlmsg_type != type) return {};
    return {reply.attributes, reply.header.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)};
  }

  std::mutex mutex_;
  int fd_;
  std::uint16_t family_ = 0;
  std::uint32_t sequence_ = 0;
};

taskstats_socket& shared_socket() {
  static taskstats_socket shared;
  return shared;
}

constexpr std::uint64_t sleeps = 50;

// Runs a thread with many switches until the kernel has removed it from its list.
void run_a_thread() {
  pid_t id = 0;
  std::thread([&id] {
    id = gettid();
    for (std::uint64_t i = 0; i < sleeps; ++i) std::this_thread::sleep_for(std::chrono::microseconds(1));
  }).join();
  while (syscall(SYS_tgkill, getpid(), id, 0) == 0) std::this_thread::yield();
}

// Which counts include those of ended threads. The time that threads waited is kept where the slices are: the kernel
// adds both in one function.
struct kept {
  bool switches = false, slices = false;
};

kept counts_kept() {
  const auto before = shared_socket().query(getpid());
  run_a_thread();
  const auto gained = difference(before, shared_socket().query(getpid()));
  return {gained.voluntary >= sleeps, gained.slices >= sleeps};
}

}  // namespace

scheduling_counts taskstats_counts(pid_t pid) {
  static const kept usable = counts_kept();
  if (!usable.switches && !usable.slices) return {};
  auto counts = shared_socket().query(pid);
  if (!usable.switches) counts.voluntary = counts.involuntary = std::nullopt;
  if (!usable.slices) counts.slices = counts.waited_ns = std::nullopt;
  return counts;
}

}  // namespace tvl::load
