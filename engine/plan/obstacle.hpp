// The obstacles between a rule's wish and the connection, once the path is resolved.
#pragma once

#include "decide/facts.hpp"
#include "decide/outcome.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"

#include <optional>
#include <string>

namespace nvmf::plan {

struct Obstacle {
  decide::Reason reason = decide::Reason::security_required;
  std::string detail;
};

// An option that the kernel does not know: `detail` is its name as in a policy (`host-iface`).
std::optional<Obstacle> kernel_lacks(const Tid& tid, const ResolvedOptions& options,
                                     const decide::Facts& facts);

// The record requires a secure channel and the options give none, or one that the kernel does not
// speak (TLS 1.2); or the options ask for one that the transport does not have.
std::optional<Obstacle> lacks_security(const Tid& tid, const ResolvedOptions& options,
                                       const event::Event& decided);

// A secret that is referred to and cannot be read: `detail` is `OPTION: why`.
std::optional<Obstacle> lacks_secret(const ResolvedOptions& options, const decide::Facts& facts);

} // namespace nvmf::plan
