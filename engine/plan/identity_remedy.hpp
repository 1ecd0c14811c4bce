// The command for an administrator where an identity cannot be used.
#pragma once

#include "plan/identity.hpp"

#include <string_view>

namespace nvmf::plan {

// The command that shows the host's own identity, and makes what of it is missing; empty for an
// identity of the policy, whose files or values are its own.
inline std::string_view remedy_for(const ResolvedIdentity& identity) {
  if (identity.named && identity.named->name != "default")
    return {};
  return identity.host_nqn.empty() || identity.hostid.empty()
             ? "`nvmf-policy identity --create` makes one"
             : "`nvmf-policy identity` says where it comes from";
}

} // namespace nvmf::plan
