#pragma once
// A rank on a load host.

#include <filesystem>

namespace tvl::load::rank {

// Runs one generator process (`tvl_load --share`) with the plan of rank 0, until its point has been sent.
void serve_host(const std::filesystem::path& tvl_load);

}  // namespace tvl::load::rank
