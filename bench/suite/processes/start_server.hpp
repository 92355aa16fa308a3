#pragma once
// Starts the server of a manifest.

#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/running_server.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tvl::suite {

// The folder of this program and of those built with it: {bin}.
std::filesystem::path program_folder();

// Fills everything but {address} and {port} into the commands of the build and the environment. Throws server_failed
// for a placeholder without a value.
void fill_build(launch&, const manifest&, const std::map<std::string, std::string>& values);

// The same, and the command, and what else the manifest says about the start.
void fill_launch(launch&, const manifest&, const std::map<std::string, std::string>& values);

// The name of a command's program in {bin}/, as in "chrt --batch 0 {bin}/NAME"; empty = it is elsewhere.
std::string program_of(const manifest&);

// That program's path if it does not exist; else empty.
std::filesystem::path unbuilt_program(const manifest&, const std::filesystem::path& bin);

// Starts it, after its build when that was not run yet, or attaches to it if it already runs; then only the probe of
// `how` is used. Throws like launched_server.
std::unique_ptr<running_server> start_server(const manifest&, launch how);

}  // namespace tvl::suite
