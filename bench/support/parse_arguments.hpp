#pragma once
// Command lines through CLI11, with one clear line for whatever is wrong.

#include <string>

namespace CLI {
class App;
}

namespace tvl::suite {

// False when there is nothing left to do: --help was printed. What the program does not know stays in
// app.remaining() if the program allows extras, else it is refused with the nearest option. Throws bad_input.
bool parse_arguments(CLI::App&, int argc, char** argv);

// The program does not know this word. Throws bad_input.
[[noreturn]] void refuse_argument(const CLI::App&, const std::string& word);

}  // namespace tvl::suite
