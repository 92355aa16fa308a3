#include "bench/suite/commands/run_flags.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/suite/output/recorded_text.hpp"
#include "bench/suite/output/resume.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/project_folder.hpp"
#include "clients/load/base/unit_flags.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <fstream>
#include <random>
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
    "Subcommands, each with its own --help:\n"
    "  tvl-suite validate CONTESTANT...   check the answers of a server\n"
    "  tvl-suite doctor                   list the limits of this machine\n"
    "  tvl-suite import FILE              write a manifest from TechEmpower's benchmark_config.json";

const char* const contestant_help =
    "a name: instead of the workload's; FILE.toml or 'name=mine;command=./mine {port};plaintext=/hello': in addition; "
    "may be repeated";

std::string joined(int argc, char** argv) {
  std::string text = std::filesystem::path(argv[0]).filename().string();
  for (int i = 1; i < argc; ++i) text += " " + without_secrets(std::string(argv[i]));
  return text;
}

google_flags read_the_rest(const CLI::App& app, const std::string& program) {
  const auto rest = app.remaining();
  for (const auto& word : rest) {
    if (!is_google_flag(word)) refuse_argument(app, word);
  }
  check_known_flags(rest);
  return read_google_flags(program, rest);
}

std::uint32_t read_seed(const std::string& text) {
  if (text.empty()) return std::random_device()();
  std::uint32_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return seed;
  throw bad_input("--seed is a whole number from 0 to 4294967295, not '" + text + "'");
}

std::vector<std::string> read_names(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw bad_input("--more: " + file + " cannot be read");
  std::vector<std::string> names;
  for (std::string name; std::getline(in, name);) {
    if (!name.empty()) names.push_back(name);
  }
  if (names.empty()) throw bad_input("--more: no point is named in " + file);
  return names;
}

// Values that are parsed after the command line.
struct flag_texts {
  std::string server_cpus, generator_cpus, seed, resume, more;
  int passes = 2;
};

// To the working folder that the run was begun in: names of files in its arguments are relative to it.
void go_to(const std::string& begun_in, const std::filesystem::path& run) {
  std::error_code error;
  if (!begun_in.empty()) std::filesystem::current_path(begun_in, error);
  if (error)
    throw bad_input(run.string() + " was begun in " + begun_in + ", which cannot be entered: " + error.message());
}

// The settings of the run that --resume names, to be continued.
settings read_resumed(const flag_texts& texts, const CLI::App& given, const char* program) {
  for (const auto* option : given.get_options()) {
    if (option->count() > 0 && !option->check_lname("resume") && !option->check_lname("more") &&
        !option->check_lname("passes"))
      throw bad_input("--resume goes on with what the run was begun with: no other flag than --more and --passes");
  }
  if (!given.remaining().empty()) throw bad_input("--resume takes no " + given.remaining().front());
  const auto folder = std::filesystem::absolute(texts.resume);
  auto order = read_run_order(folder);
  const auto more = given.count("--more") > 0 ? read_names(texts.more) : std::vector<std::string>();
  go_to(order.folder, folder);
  std::vector<std::string> words = {program};
  words.insert(words.end(), order.arguments.begin(), order.arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  auto s = read_command_line(static_cast<int>(words.size()), argv.data());
  if (!s || s->resume) throw bad_input((folder / "run.json").string() + " is not what tvl-suite wrote");
  s->output = folder;
  s->resume = true;
  s->seed = order.seed;
  s->more = more;
  s->passes = texts.passes;
  return std::move(*s);
}

void add_selection_flags(CLI::App& app, settings& s) {
  app.add_flag("--quick", s.quick, "fewer and shorter points: each workload's [quick]");
  app.add_flag("--list", s.list, "print workloads with their duration, and contestants; measure nothing");
  app.add_flag("--list-programs", s.list_programs,
               "print the other programs that the selection needs; measure nothing");
  app.add_option("--seconds", s.seconds,
                 "length of every measured window, e.g. 500ms, 10s or 2m, instead of the workload's own")
      ->transform(load::duration_flag([](double s) { return s >= 0.01 && s <= 7 * 86400.0; }, "from 10ms to 168h"));
  app.add_option("--workload", s.workloads, "only this workload; may be repeated")->allow_extra_args(false);
  app.add_option("--contestant", s.contestants.names, contestant_help)->allow_extra_args(false);
  add_url_flags(app, s.contestants);
  app.add_flag("--only", s.only,
               "none of the contestants that the workloads name: those of --contestant and --url alone");
  app.add_option("--baseline", s.baseline,
                 "the contestant that ratios are to, measured in every workload (default: each workload's first)");
}

void add_run_flags(CLI::App& app, settings& s, flag_texts& texts) {
  app.add_option("--output", s.output, "new folder for points.jsonl (default: results/<date>-<host>)");
  app.add_option("--resume", texts.resume,
                 "continue the run in this folder with its own flags, and no others (reports cover the new part)");
  app.add_option("--more", texts.more,
                 "with --resume: measure the points named in this file, one a line, once more in each of the --passes")
      ->needs("--resume");
  app.add_option("--passes", texts.passes, "with --more (default: 2)")->check(CLI::Range(1, 100))->needs("--more");
  app.add_option("--controls", s.controls,
                 "share of the blocks in which the baseline is measured against itself (default: 0.25)")
      ->check(CLI::Range(0.0, 1.0));
  app.add_flag("--why", s.why,
               "afterwards profile the points that [why] of the workloads names, with perf: where their CPU time goes");
  app.add_flag("--together", s.concurrent, "load all contestants of a block concurrently: for CPU per request only");
  app.add_option("--seed", texts.seed,
                 "seed of the order and of every load, to repeat a run (default: random, see run.json)");
  app.add_option("--idle-wait", s.idle_wait_s, "longest wait for an idle machine before each repetition (default: 10s)")
      ->transform(load::duration_flag([](double s) { return s >= 0 && s <= 3600; }, "from 0 to 1h"));
  app.add_option("--workloads", s.workloads_dir, "folder of workloads");
  app.add_option("--servers", s.servers_dir, "folder of manifests");
  app.add_option("--server-cpus", texts.server_cpus, "cores of the server, e.g. 0 or 0,2-3 (default: the first)");
  app.add_option("--generator-cpus", texts.generator_cpus, "cores of the load generator (default: the last)");
  app.add_flag("--shared-core", s.shared_core, "measure even if they share a core, and mark every point");
  app.add_flag("--beside-other-work", s.beside_other_work,
               "measure even while other processes use these cores, and mark every point");
  add_service_flags(app, s.services);
  add_load_host_flags(app, s.load);
}

}  // namespace

std::optional<settings> read_command_line(int argc, char** argv) {
  settings s;
  s.controls = usual_controls;
  s.command = joined(argc, argv);
  s.arguments.assign(argv + 1, argv + argc);
  s.workloads_dir = project_folder() / "bench/workloads";
  s.servers_dir = project_folder() / "servers";
  flag_texts texts;
  CLI::App app(description, "tvl-suite");
  app.allow_extras();
  app.footer(subcommands);
  add_selection_flags(app, s);
  add_run_flags(app, s, texts);
  if (!parse_arguments(app, argc, argv)) return std::nullopt;
  if (app.count("--resume") > 0) return read_resumed(texts, app, argv[0]);
  s.seed = read_seed(texts.seed);
  read_load_hosts(s.load, s.contestants.allow_remote_host);
  try {
    s.google = read_the_rest(app, argv[0]);
    if (!texts.server_cpus.empty()) s.server_cpus = parse_cpus(texts.server_cpus);
    if (!texts.generator_cpus.empty()) s.generator_cpus = parse_cpus(texts.generator_cpus);
  } catch (const std::invalid_argument& error) {
    throw bad_input(error.what());
  }
  return s;
}

}  // namespace tvl::suite
