#pragma once
// The load of one run. Points are comparable when their plans are equal.

#include "clients/load/base/congestion_control.hpp"

#include <boost/describe/class.hpp>

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

enum class arrivals { poisson, constant };

// What a generator thread does while nothing is due: spin, or sleep (a wake-up takes tens of microseconds).
// `automatic` spins in an open loop when every thread has a core of its own.
enum class idle_strategy { automatic, spin, sleep };

// One kind of request. The next of several on a connection is drawn by weight.
struct target {
  std::string path;  // of the URL; empty = the URL's own
  double weight = 1;
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::optional<int> expect_status;        // none = any 2xx
  std::optional<std::string> expect_body;  // none = any
  // A regular expression that the body contains, see body_pattern.hpp; not for a WebSocket. None = any body.
  std::optional<std::string> expect_body_matches;
};
BOOST_DESCRIBE_STRUCT(target, (),
                      (path, weight, method, headers, body, expect_status, expect_body, expect_body_matches))

// Background connections, which are open but not measured; see background_connections.hpp.
struct background_plan {
  int idle = 0;             // open and silent
  int idle_websockets = 0;  // upgraded at websocket_target, then silent but for pongs
  int greedy = 0;           // pipelining clients: greedy_depth requests of the URL's path in flight, without pause
  int greedy_depth = 64;
  int slow_senders = 0;  // send a request header byte by byte, await the reply, repeat
  int slow_readers = 0;  // request a large body and read it in small pieces through a small SO_RCVBUF
  int garbage = 0;       // send requests and frames that are no longer valid, see garbage.hpp
  double drip_s = 1;     // between two bytes of a slow sender, two reads of a slow reader, two pieces of garbage
  std::size_t read_bytes = 256;                        // a slow reader reads at once, at most
  std::string slow_sender_target;                      // path; empty = the URL's own
  std::string slow_reader_target = "/bytes/16777216";  // path; empty = the URL's own
  std::string websocket_target = "/ws/echo";

  int connections() const { return idle + idle_websockets + greedy + slow_senders + slow_readers + garbage; }
};
BOOST_DESCRIBE_STRUCT(background_plan, (),
                      (idle, idle_websockets, greedy, greedy_depth, slow_senders, slow_readers, garbage, drip_s,
                       read_bytes, slow_sender_target, slow_reader_target, websocket_target))

inline constexpr int background_plan::*background_groups[] = {
    &background_plan::idle,         &background_plan::idle_websockets, &background_plan::greedy,
    &background_plan::slow_senders, &background_plan::slow_readers,    &background_plan::garbage};

// Changes inside the window. Each ends a phase, see point.hpp.
struct step {
  double at_s = 0;  // of the window
  double rate = 0;  // offered from then on
};
BOOST_DESCRIBE_STRUCT(step, (), (at_s, rate))

struct late_plan {
  double at_s = 0;      // of the window
  int connections = 0;  // further active ones, opened all at once
};
BOOST_DESCRIBE_STRUCT(late_plan, (), (at_s, connections))

struct plan {
  std::string url;  // see url.hpp; ws://... for echo round trips
  std::vector<target> targets = {target{}};
  bool allow_remote = false;  // HOST may lie outside 127.0.0.0/8 and ::1

  int connections = 1;
  std::vector<in_addr> sources;  // source addresses of connections, in turn; empty = the kernel's choice
  background_plan crowd;         // background connections
  // Requests on one connection before the client closes it and opens another; 0 = unlimited keep-alive.
  std::uint64_t requests_per_connection = 0;

  // Requests a second over all connections, due by a schedule (open loop); 0 = the next request of a connection is due
  // when its last reply is there (closed loop).
  double rate = 0;
  load::arrivals arrivals = load::arrivals::poisson;
  idle_strategy idle = idle_strategy::automatic;
  // The rate may exceed the server's capacity on purpose: unanswered requests do not invalidate the point.
  bool overload = false;

  std::vector<step> steps;        // open loop, in order of time; `rate` applies before the first
  std::optional<double> storm_s;  // of the window: all active connections are reset at once and opened again
  std::optional<late_plan> late;  // connection surge; not together with storm_s

  // Closed loop: seconds between a reply and the connection's next request.
  double think_s = 0;
  // Ends the window early after this many answered requests; 0 = never.
  std::uint64_t requests = 0;

  double ramp_s = 0;  // the connections are opened evenly over this time, before the warm-up
  double warmup_s = 1;
  double seconds = 5;     // the measured window, after the warm-up
  double timeout_s = 10;  // a request without its whole reply by then is a timeout; its connection is replaced
  std::uint64_t seed = 1;
  double trace_s = 0;  // seconds per interval of the point's trace, see stall_trace.hpp; 0 = none

  // Of the generator, each with `threads` threads and a part of all connections, see multi_process.hpp. 0 = as many as
  // the limit of open files requires.
  int processes = 1;
  int threads = 1;
  std::vector<int> cpus;  // generator threads are pinned to these, in turn; empty = not pinned

  // TCP congestion control of every measured connection; background connections have the usual one. Without it in the
  // kernel they have the kernel's own.
  std::string congestion_control = usual_congestion_control;

  double server_cores = 1;  // of the server; its CPU share is relative to them
  int together = 1;         // servers under load at the same time, see concurrent.hpp

  bool open_loop() const { return rate > 0; }
};
BOOST_DESCRIBE_STRUCT(plan, (),
                      (url, targets, allow_remote, connections, sources, crowd, requests_per_connection, rate, arrivals,
                       idle, overload, steps, storm_s, late, think_s, requests, ramp_s, warmup_s, seconds, timeout_s,
                       seed, trace_s, processes, threads, cpus, congestion_control, server_cores, together))

}  // namespace tvl::load
