#pragma once
// Samples of perf as folded stacks: "asio_loop`main;...;tcp_sendmsg_[k] 12", one line a stack, the outermost frame
// first.
//
// A frame of the kernel ends in "_[k]"; one of a program is FILE`FUNCTION, without parameters of templates and
// functions, or FILE`[unknown] where the file has no symbols.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tvl::suite {

// Whose samples count, and when.
struct sampled_window {
  std::int64_t begin_ns = 0, end_ns = 0;  // of the samples' clock
  std::set<pid_t> server;
};

struct folded_stacks {
  std::map<std::string, std::uint64_t> of_server;
  std::uint64_t samples = 0;    // of the server: the sum of its stacks
  std::uint64_t elsewhere = 0;  // of other processes on these cores
  std::uint64_t idle = 0;
  std::uint64_t lost = 0;  // whose is unknown; in the window or beside it
  // Innermost frames without a name. File -> samples; "kernel" for the kernel.
  std::map<std::string, std::uint64_t> nameless;
};

// `script` is the output of perf script -F pid,tid,time,ip,sym,dso --ns --show-lost-events. Lines of another form are
// skipped.
folded_stacks fold(std::string_view script, const sampled_window&);

// "boost::asio::detail::f<int, g<3>>(int, char)" -> "boost::asio::detail::f". No ';', which separates frames.
std::string short_name(std::string_view symbol);

// The file's contents. Until it fits, stacks lose the outermost frames of the program, then those of the kernel.
std::string to_text(const folded_stacks&, std::size_t most_bytes);

}  // namespace tvl::suite
