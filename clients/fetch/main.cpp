// tvl-fetch: the download example of the asyncio guide in every way, with the cost of each.
//
//   tvl-fetch http://127.0.0.1:8080/delay/50 --repeat 40 --in-flight 16
//
// Exit code: 0 all downloaded, 1 some failed, 2 bad input, 130 interrupted.

#include "clients/fetch/command_line.hpp"
#include "clients/fetch/progress.hpp"
#include "clients/fetch/report.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/base/standard_descriptors.hpp"
#include "clients/load/base/stop_on_signal.hpp"
#include "servers/runtime/listener.hpp"

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>

namespace {

using namespace tvl::fetch;

std::vector<measured> run(const command& c, const std::stop_token& stop) {
  std::vector<measured> all;
  std::ostream* const terminal = ::isatty(STDERR_FILENO) ? &std::cerr : nullptr;
  for (const auto& way : c.ways) {
    if (stop.stop_requested()) break;
    {
      progress bar(terminal, way.name, c.settings.urls.size());
      all.push_back(measure(way, c.settings, stop, [&bar](std::size_t ended) { bar.show(ended); }));
    }
    print_errors(std::cerr, c.settings, all.back());
  }
  return all;
}

void write(const command& c, const std::vector<measured>& all, std::ostream* json, bool interrupted) {
  if (c.json != "-") print_table(std::cout, all);
  std::cout.flush();
  if (!json) return;
  *json << tvl::load::to_json_text(to_json(c.settings, all, interrupted)) << std::endl;
  if (!*json) throw std::runtime_error("cannot write " + c.json);
}

int fetch(int argc, char** argv) {
  tvl::load::open_standard_descriptors();
  ::curl_global_init(CURL_GLOBAL_DEFAULT);  // before other threads exist
  const command c = parse_command_line(argc, argv);
  std::ofstream file;  // opened first: a late failure would lose the results
  if (!c.json.empty() && c.json != "-") file.open(c.json);
  std::ostream* const json = c.json.empty() ? nullptr : c.json == "-" ? &std::cout : &file;
  if (json && !*json) throw std::runtime_error("cannot write " + c.json);
  tvl::runtime::raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);

  const tvl::load::interrupt on_signal;
  const auto all = run(c, on_signal.token());
  const bool interrupted = on_signal.token().stop_requested();
  write(c, all, json, interrupted);
  if (interrupted) {
    std::cerr << "tvl-fetch: interrupted; the results until then are above\n";
    return 130;
  }
  return std::ranges::all_of(all, [](const measured& m) { return m.failed + m.not_done == 0; }) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try { return fetch(argc, argv); } catch (const std::exception& error) {
  std::cerr << "tvl-fetch: " << error.what() << '\n';
  return 2;
}
