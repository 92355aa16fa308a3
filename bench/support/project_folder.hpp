#pragma once
// The project's files at run time: those of the sources or, where this program is installed, those installed with it.
// scripts/deb puts them into folders of the same names.

#include <filesystem>

namespace tvl::suite {

// With servers, bench/workloads and results/rules.json. Throws bad_plan without a readable /proc.
std::filesystem::path project_folder();

// For new runs. Where this program is installed: in the working folder.
std::filesystem::path results_folder();

}  // namespace tvl::suite
