#pragma once

namespace tvl::suite {

// tvl-suite validate: checks the answers of servers. Exit code: 0 all passed, 1 something failed or could not be
// checked, 130 interrupted. Throws bad_input and bad_file.
int run_validate(int argc, char** argv);

}  // namespace tvl::suite
