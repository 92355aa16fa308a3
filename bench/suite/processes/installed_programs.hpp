#pragma once
// Whether programs, Python modules and files are installed.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// On PATH, else in /usr/sbin, which has servers on Debian but is not on a user's PATH. Empty = not found.
std::filesystem::path find_program(const std::string& name);

// A need is the name of a program, "python:MODULE": a Python that can import it, or "/PATH": a file, * is any name.

// A Python that can import all modules among the needs: the python3 on PATH, else the distribution's, which has the
// distribution's packages. Empty = neither can. Cached for the run.
std::filesystem::path find_python(const std::vector<std::string>& needs);

// The first unmet need: "'nginx' is not on PATH".
std::optional<std::string> unmet_need(const std::vector<std::string>& needs);

}  // namespace tvl::suite
