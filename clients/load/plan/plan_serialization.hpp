#pragma once
// Passes a whole plan between two processes of the same build. Not a file format.

#include "clients/load/plan/plan.hpp"

#include <string>
#include <string_view>

namespace tvl::load {

std::string pack(const plan&);
// Throws nlohmann::json::exception: not made by pack().
plan unpack(std::string_view);

}  // namespace tvl::load
