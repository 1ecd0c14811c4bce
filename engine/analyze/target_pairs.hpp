// The targets of two policies, those of one endpoint side by side, and the events that are theirs.
#pragma once

#include "analyze/event_space.hpp"
#include "analyze/region.hpp"
#include "event/event.hpp"
#include "policy/policy.hpp"

#include <string>
#include <vector>

namespace nvmf::analyze {

// A target at one of its endpoints.
struct Spot {
  const policy::Target* target = nullptr;
  event::Event event;
};

// One for each address that is known without a resolver.
std::vector<Spot> spots_of(const policy::Policy& policy);

struct SpotPair {
  const Spot* before = nullptr; // one of the two may be missing
  const Spot* after = nullptr;
};

// Most alike first: there may be several of one endpoint with other identities. Points into both.
std::vector<SpotPair> pairs_of(const std::vector<Spot>& before, const std::vector<Spot>& after);

struct Policies {
  const policy::Policy& before;
  const policy::Policy& after;
};

// The host NQN that the policy names for the target; null: that of /etc/nvme.
const policy::TextOrFile* host_nqn_of(const policy::Policy& policy, const policy::Target& target);
// As one word: the literal, or the file that holds it.
std::string host_nqn_text(const policy::Policy& policy, const policy::Target& target);

// It is known which events are the target's: its address is known, and so is the host NQN of an
// identity that it names, the same in both policies.
bool has_own_events(const SpotPair& pair, const Policies& policies);
// All events of the endpoint, which are the target's also where one of the two leaves the host side
// open.
Region own_events(const SpotPair& pair, const Policies& policies, const EventSpace& space);
// How much a target says about its events: of several, the one that says most has them.
int said_by(const SpotPair& pair);

} // namespace nvmf::analyze
