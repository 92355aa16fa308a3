#pragma once
// What is installed here of that which contestants need: programs, and modules of Python.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// On PATH, else in /usr/sbin, where Debian keeps servers and where the PATH of an ordinary user does not lead. Empty
// when there is none of this name.
std::filesystem::path find_program(const std::string& name);

// A need is the name of a program, or "python:MODULE": a Python that can import it.

// The Python that can import all the modules among the needs: the python3 on PATH, else the distribution's own, as
// only that one sees the distribution's packages. Empty when neither can. Asked once per run.
std::filesystem::path find_python(const std::vector<std::string>& needs);

// Why the first of the needs that is not met is not: "'nginx' is not on PATH".
std::optional<std::string> unmet_need(const std::vector<std::string>& needs);

}  // namespace tvl::suite
