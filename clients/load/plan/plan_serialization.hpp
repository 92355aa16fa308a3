#pragma once
// A whole plan as bytes, from one process of ours to another of the same build. Not a file format.

#include "clients/load/plan/plan.hpp"

#include <string>
#include <string_view>

namespace tvl::load {

std::string pack(const plan&);
// Throws nlohmann::json::exception: not what pack() made.
plan unpack(std::string_view);

}  // namespace tvl::load
