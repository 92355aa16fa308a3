#pragma once
// Options that have no effect in a mode are refused there: a value that is not used would pass for one that is.

#include "clients/load/command_line.hpp"

#include <functional>
#include <string>

namespace tvl::load {

// given(option): whether it is on the command line; option is its long name, "--hgrm". Throws bad_plan for the first
// one that has no effect.
void refuse_without_effect(const command&, const std::function<bool(const std::string&)>& given);

}  // namespace tvl::load
