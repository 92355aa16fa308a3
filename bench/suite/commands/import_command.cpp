#include "bench/suite/commands/import_command.hpp"

#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/contestants/shell_words.hpp"
#include "bench/suite/contestants/techempower.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/usage_error.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace tvl::suite {
namespace {

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!std::filesystem::is_regular_file(file) || !in) throw bad_input("cannot read " + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& file, const std::string& text) {
  if (std::filesystem::exists(file)) throw bad_input(file + " already exists: choose another --output");
  std::ofstream out(file);
  out << text;
  if (!out.flush()) throw bad_input("cannot write " + file);
}

}  // namespace

int run_import(int argc, char** argv) {
  std::string file, command, output;
  import_request request;
  CLI::App app("Makes a manifest from TechEmpower's benchmark_config.json: its plaintext and json.",
               "tvl-suite import");
  app.add_option("file", file, "benchmark_config.json");
  app.add_option("--test", request.test, "which of its tests (default: \"default\", or the only one)");
  app.add_option("--command", command, "how to start it, e.g. './mine --port {port}' (default: it is running)");
  app.add_option("--output", output, "file to write (default: standard output)");
  if (!parse_arguments(app, argc, argv)) return all_measured;
  if (file.empty()) throw bad_input("name a benchmark_config.json");
  request.source = file;
  try {
    request.command = shell_words(command);
  } catch (const std::invalid_argument& error) {
    throw bad_input(std::string("--command: ") + error.what());
  }
  const auto manifest = manifest_from_techempower(content_of(file), request);
  if (output.empty()) {
    std::cout << manifest;
  } else {
    write(output, manifest);
  }
  return all_measured;
}

}  // namespace tvl::suite
