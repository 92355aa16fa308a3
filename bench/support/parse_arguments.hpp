#pragma once
// Parses a command line with CLI11; every error is one line.

#include <string>

namespace CLI {
class App;
}

namespace tvl::suite {

// False when --help was printed, or --version, which it adds. Unknown arguments stay in app.remaining() if the program
// allows extras; otherwise they are refused with the nearest option. Throws bad_input.
bool parse_arguments(CLI::App&, int argc, char** argv);

// Throws bad_input: the argument is unknown.
[[noreturn]] void refuse_argument(const CLI::App&, const std::string& word);

}  // namespace tvl::suite
