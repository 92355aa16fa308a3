#pragma once
// A workload is one question: which endpoint, under which load, asked of which contestants, drawn how.

#include "bench/suite/config/claims.hpp"
#include "bench/suite/config/load_settings.hpp"
#include "bench/suite/config/variables.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct ceiling {
  enum class unit { server, connection, thread, pool, offload_thread };

  std::string label;
  unit per = unit::server;
  double rate = 0;  // replies per second for each of them
};

// What arithmetic expects of the median response time: the product of these variables, in milliseconds.
struct expectation {
  std::string label;
  std::vector<std::string> product;
};

// The points that --why profiles, and the load there.
struct why_settings {
  std::vector<std::string> contestants;
  load_settings load;
};

struct workload {
  std::filesystem::path file;
  std::string name;  // = the file's stem
  std::string question;
  // Connections are the members of a room and requests its messages, see clients/load/broadcast/broadcast.hpp.
  bool is_room = false;
  std::string endpoint;
  // Endpoints of interfering requests, the values of the variable `beside`, each an endpoint or several that are asked
  // for at once, "delay+offload"; the variable `percent` is their share of all requests. Empty = none, and no such
  // variables.
  std::vector<std::string> beside;
  std::vector<std::string> contestants;  // the first is the baseline; "*" in a file = all the rest
  load_settings full;
  load_settings quick;  // `full` with the file's [quick] on top
  std::optional<why_settings> why;
  std::vector<ceiling> ceilings;
  std::vector<expectation> expected;
  claims claimed;
  std::vector<std::string> panels;
  std::string caption;
  std::string x = "connections";      // a variable; its values are numbers
  std::optional<std::string> series;  // a variable that [load] sweeps
};

// Throws bad_file.
workload read_workload(const std::filesystem::path& file);

// The path that is requested from a server with this path template.
std::string request_path(const std::string& path_template, const std::vector<setting>&);

// Of a value of `beside`.
std::vector<std::string> endpoints_at_once(const std::string& value);

// The endpoints that are asked for with these settings; the first is the one that the workload is about.
std::vector<std::string> endpoints_of(const workload&, const std::vector<setting>&);

// Whether clients send several requests on a connection, at any point with these settings.
bool keeps_connections(const workload&, const load_settings&);

// Endpoints that only background connections use, at any point with these settings.
std::vector<std::string> background_endpoints(const load_settings&);

// How many replies the server can be working on at once.
struct concurrency_slots {
  int connections = 0;
  // Of all processes together; none = no such limit.
  std::optional<int> threads = std::nullopt;          // each with one request
  std::optional<int> pool = std::nullopt;             // connections to one service, each with one request
  std::optional<int> offload_threads = std::nullopt;  // each with one request
};

// How many of the ceiling's unit there are, each with one request; none = it says nothing about the contestant.
std::optional<int> units(const ceiling&, const concurrency_slots&);

// Replies per second that arithmetic allows; none as above.
std::optional<double> ceiling_rate(const ceiling&, const concurrency_slots&);

// Milliseconds; none = a variable does not apply to the contestant.
std::optional<double> expected_ms(const expectation&, const std::vector<setting>&);

}  // namespace tvl::suite
