#include "bench/suite/command_line.hpp"

#include "bench/suite/arguments.hpp"
#include "bench/suite/build_facts.hpp"
#include "bench/suite/cpus.hpp"

#include <CLI/CLI.hpp>

#include <stdexcept>

namespace tvl::suite {
namespace {

const char* const description =
    "Measures contestants under workloads: every point is a Google Benchmark named workload/contestant/load, "
    "and one\n"
    "line of points.jsonl. Google Benchmark's flags work as usual: --benchmark_filter=REGEX, "
    "--benchmark_list_tests,\n"
    "--benchmark_repetitions=N, --benchmark_out=FILE, --benchmark_format=console|json|csv, ...";

const char* const subcommands =
    "Other work, each with its own --help:\n"
    "  tvl-suite validate CONTESTANT...   does a server answer rightly?\n"
    "  tvl-suite doctor                   what does this machine allow?\n"
    "  tvl-suite import FILE              a manifest from TechEmpower's benchmark_config.json";

const char* const contestant_help =
    "a name: instead of those that the workload names; FILE.toml, or 'name=mine;command=./mine {port};"
    "plaintext=/hello': beside them; may be repeated";

std::string joined(int argc, char** argv) {
  std::string text = std::filesystem::path(argv[0]).filename().string();
  for (int i = 1; i < argc; ++i) text += std::string(" ") + argv[i];
  return text;
}

google_flags read_the_rest(const CLI::App& app, const std::string& program) {
  const auto rest = app.remaining();
  for (const auto& word : rest) {
    if (!is_google_flag(word)) refuse_argument(app, word);
  }
  return read_google_flags(program, rest);
}

}  // namespace

std::optional<settings> read_command_line(int argc, char** argv) {
  settings s;
  s.command = joined(argc, argv);
  s.workloads_dir = std::filesystem::path(build::source_dir) / "bench/workloads";
  s.servers_dir = std::filesystem::path(build::source_dir) / "servers";
  std::string server_cpus, generator_cpus;
  CLI::App app(description, "tvl-suite");
  app.allow_extras();
  app.footer(subcommands);
  app.add_flag("--quick", s.quick, "fewer and shorter points: each workload's [quick]");
  app.add_flag("--list", s.list, "print workloads and contestants, measure nothing");
  app.add_option("--workload", s.workloads, "only this workload; may be repeated")->allow_extra_args(false);
  app.add_option("--contestant", s.who.contestants, contestant_help)->allow_extra_args(false);
  add_url_flags(app, s.who);
  app.add_option("--output", s.output, "new folder for points.jsonl (default: results/<date>-<host>)");
  app.add_option("--workloads", s.workloads_dir, "folder of workloads");
  app.add_option("--servers", s.servers_dir, "folder of manifests");
  app.add_option("--server-cpus", server_cpus, "cores of the server, e.g. 0 or 0,2-3 (default: the first)");
  app.add_option("--generator-cpus", generator_cpus, "cores of the load generator (default: the last)");
  app.add_flag("--shared-core", s.shared_core, "measure even if they share a core, and mark every point");
  add_service_flags(app, s.services);
  if (!parse_arguments(app, argc, argv)) return std::nullopt;
  try {
    s.google = read_the_rest(app, argv[0]);
    if (!server_cpus.empty()) s.server_cpus = parse_cpus(server_cpus);
    if (!generator_cpus.empty()) s.generator_cpus = parse_cpus(generator_cpus);
  } catch (const std::invalid_argument& error) {
    throw bad_input(error.what());
  }
  return s;
}

}  // namespace tvl::suite
