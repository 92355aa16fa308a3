#pragma once
// From a manifest to a server that answers.

#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/running_server.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tvl::suite {

// Where this program is, and those that were built with it: {bin}.
std::filesystem::path program_folder();

// The command with everything but {port} filled in. Throws contestant_failed for a placeholder without a value.
std::vector<std::string> fill_command(const manifest&, const std::map<std::string, std::string>& values);

// The program of ours that the command names by {bin}/...; empty when it names none.
std::string program_of(const manifest&);

// That program, if it is not there; else empty.
std::filesystem::path unbuilt_program(const manifest&, const std::filesystem::path& bin);

// Starts it, or finds it where it runs already: then of `how` only the probe counts. Throws as contestant does.
std::unique_ptr<running_server> bring_up(const manifest&, launch how);

}  // namespace tvl::suite
