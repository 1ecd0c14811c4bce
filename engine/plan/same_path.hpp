// Is a planned path connected already, and as planned?
#pragma once

#include "decide/facts.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::plan {

// Same transport, traddr as an address, trsvcid, subsystem NQN (any discovery controller for the
// well-known one), host NQN, and a compatible host side: a planned host-traddr equals the live
// host-traddr or src-addr; a planned host-iface equals the live one or owns the live src-addr;
// unset agrees with anything for tcp and rdma, and so does a live side that is neither set nor
// known. `interfaces` has the owner of each address.
bool same_path(const Tid& planned, const decide::Controller& live,
               const std::optional<std::vector<decide::Interface>>& interfaces);

// The controllers that can serve as the planned one. Somebody else's discovery controller without
// keep-alive timeout goes at any moment: it does not serve as one that is to be kept (LANGUAGE,
// "Discover").
enum class Serving : std::uint8_t { any, staying };
Serving serving_as(const Item& item);

// The controller that holds the planned path; live before connecting before resetting.
const decide::Controller* connected_as(const Tid& planned, const decide::Facts& facts,
                                       Serving serving = Serving::any);

// "nr-io-queues 32, policy says 16" for the first option that some level of the policy sets and
// sysfs shows with another value; fewer queues or a smaller queue than asked do not count.
std::optional<std::string> difference(const ResolvedOptions& wanted,
                                      const decide::Controller& live);

} // namespace nvmf::plan
