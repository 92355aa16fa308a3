#pragma once

namespace tvl::suite {

// tvl-suite validate: does a server answer rightly? Exit code: 0 all passed, 1 something failed or could not be asked;
// throws bad_input and bad_file for wrong input.
int run_validate(int argc, char** argv);

}  // namespace tvl::suite
