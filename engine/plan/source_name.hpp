// How an administrator calls what a plan is about.
#pragma once

#include "event/event.hpp"

#include <string>

namespace nvmf::plan {

// Its target, its device, or where it is; never the plan's id, whose digits name nothing.
std::string source_name(const event::Event& event);

} // namespace nvmf::plan
