// The next step of an administrator about a path that is not there, as a command that can be
// pasted.
#pragma once

#include "event/event.hpp"
#include "execute/state.hpp"
#include "plan/plan.hpp"

#include <string>

namespace nvmf::cli {

// `nvmf-policy resume nqn.2014-08.com.example:prod.vol7`, `ip route get 10.20.1.21`: the command
// that shows more of the reason, or lifts it. Empty where the path is live, and where time alone
// will do.
std::string remedy_for(const execute::PathRecord& path);

// The same for an item of a plan that is denied, refused or ignored. `event` is what was decided;
// null: unknown.
std::string remedy_for(const plan::Item& item, const event::Event* event = nullptr);

// `nvmf-policy resume NAME` for such a path.
std::string resume_command(base::Subject subject, const plan::Tid& tid);

} // namespace nvmf::cli
