// The options of one connection as a plan has them: looked up, with what persistence adds and
// without what the path does not take.
#pragma once

#include "decide/facts.hpp"
#include "plan/plan.hpp"
#include "policy/lookup.hpp"

#include <set>
#include <string>
#include <vector>

namespace nvmf::plan {

// The options that some level sets for the transport, each with its origin; `null` leaves one to
// the kernel.
ResolvedOptions resolve_options(const policy::Connection& connection, base::Transport transport);

// A discovery controller that stays connected needs a keep-alive, or its target drops it and its
// events: 30 s unless a level says anything about it, `null` included.
void require_keep_alive(ResolvedOptions& options, const policy::Connection& connection,
                        base::Transport transport);

// Takes out what is `built-in` and not surely known to the kernel: nobody asked for it.
void leave_out_unasked(ResolvedOptions& options, const decide::KernelOptions& kernel_options);

// Takes out what `transport` does not take, except `tls`, `tls-key` and `concat`, which the caller
// must refuse; returns what was taken out.
std::vector<base::OptionId> drop_inapplicable(ResolvedOptions& options, base::Transport transport);

} // namespace nvmf::plan
