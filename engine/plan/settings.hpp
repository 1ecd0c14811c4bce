// The settings of one connection: each option and retry key looked up level by level, with the
// place it came from.
#pragma once

#include "plan/identity.hpp"
#include "plan/plan.hpp"
#include "policy/policy.hpp"

#include <set>
#include <string>
#include <vector>

namespace nvmf::plan {

// Who speaks about a connection, most specific first.
struct Levels {
  const policy::Policy& policy;
  const policy::Rule& rule;
  const policy::Target* target = nullptr; // of a `boot` event
  const policy::Identity* identity = nullptr;
  base::Subject subject = base::Subject::io_subsystem;
};

// Target's connect, target's profiles, rule's connect, rule's profiles, identity (secrets),
// defaults of the rule's file, of the main file. `null` ends the lookup with the kernel's default.
ResolvedOptions resolve_options(const Levels& levels);

// A discovery controller that stays connected needs a keep-alive, or its target drops it and its
// events: 30 s unless a level says anything about it, `null` included.
void require_keep_alive(ResolvedOptions& options, const Levels& levels);

// Takes out what is `built-in` and not known to the kernel: nobody asked for it.
void leave_out_unasked(ResolvedOptions& options, const std::set<std::string>& kernel_options);

// Takes out what `transport` does not take, except `tls`, `tls-key` and `concat`, which the caller
// must refuse; returns what was taken out.
std::vector<base::OptionId> drop_inapplicable(ResolvedOptions& options, base::Transport transport);

// Rule, defaults of the rule's file, of the main file, built-in: 72h to give up for what was
// discovered, never for targets.
Retry resolve_retry(const policy::Policy& policy, const policy::Rule& rule, bool is_target);

// Whether a discovery controller stays connected: target, rule, else true for tcp and rdma.
policy::Persistent resolve_persistent(const policy::Rule& rule, const policy::Target* target,
                                      base::Transport transport);

} // namespace nvmf::plan
