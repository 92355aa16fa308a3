#include "bench/suite/catalogue/contestant_flags.hpp"

#include <CLI/CLI.hpp>

namespace tvl::suite {
namespace {

std::string process_number(const std::string& text) {
  pid_t pid = 0;
  return CLI::detail::lexical_cast(text, pid) && pid > 0 ? "" : "'" + text + "' is no process number";
}

}  // namespace

void add_url_flags(CLI::App& app, contestant_flags& flags) {
  app.add_option("--url", flags.url, "a running server: http://HOST:PORT[/PATH of plaintext] or unix:/SOCKET[:/PATH]");
  app.add_option(
         "--pid", flags.pid,
         "root of the process tree that listens there, for CPU, switches and memory; on this machine it is found "
         "by the port where this user may see it")
      ->check(CLI::Validator(process_number, ""));
  app.add_option(
         "--endpoint", flags.endpoints,
         "NAME=/PATH: an endpoint of it, e.g. delay=/sleep/{ms}; may be repeated. NAME alone: ask every contestant for "
         "this endpoint, in every workload, instead of the workload's own")
      ->allow_extra_args(false);
  app.add_flag("--allow-remote-host", flags.allow_remote_host,
               "allow a host outside 127.0.0.0/8 and ::1; only load your own");
}

}  // namespace tvl::suite
