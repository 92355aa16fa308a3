#pragma once

namespace tvl::suite {

// tvl-suite import: writes a manifest from TechEmpower's benchmark_config.json. Exit code 0; throws bad_input and
// bad_file.
int run_import(int argc, char** argv);

}  // namespace tvl::suite
