#include "analyze/target_pairs.hpp"

#include "analyze/target_deciders.hpp"
#include "event/from_target.hpp"

#include <algorithm>

namespace nvmf::analyze {

namespace {

using policy::Target;

bool same_endpoint(const Spot& a, const Spot& b) {
  event::Event one = a.event;
  one.target = b.event.target;
  one.sources = b.event.sources;
  return one == b.event;
}

// Pairs the targets of one endpoint, most alike first: there may be several with other identities.
class Pairing {
public:
  Pairing(const std::vector<Spot>& before, const std::vector<Spot>& after)
      : before_(before), after_(after) {}

  std::vector<SpotPair> pairs() {
    for (const Spot& spot : before_)
      old_.push_back(&spot);
    for (const Spot& spot : after_)
      new_.push_back({.after = &spot});
    pair_where([](const Target& a, const Target& b) {
      return a.name == b.name && a.identity == b.identity;
    });
    pair_where([](const Target& a, const Target& b) { return a.name == b.name; });
    pair_where([](const Target& a, const Target& b) { return a.identity == b.identity; });
    pair_where([](const Target&, const Target&) { return true; });
    for (const Spot* spot : old_)
      new_.push_back({.before = spot});
    return std::move(new_);
  }

private:
  template <class Alike>
  void pair_where(Alike alike) {
    for (SpotPair& pair : new_) {
      if (pair.before)
        continue;
      auto const found = std::find_if(old_.begin(), old_.end(), [&](const Spot* spot) {
        return same_endpoint(*spot, *pair.after) && alike(*spot->target, *pair.after->target);
      });
      if (found == old_.end())
        continue;
      pair.before = *found;
      old_.erase(found);
    }
  }

  const std::vector<Spot>& before_;
  const std::vector<Spot>& after_;
  std::vector<const Spot*> old_; // without a partner yet
  std::vector<SpotPair> new_;
};

bool knows_own_events(const policy::Policy& policy, const Spot& spot) {
  const policy::TextOrFile* const text = host_nqn_of(policy, *spot.target);
  return spot.event.host_name.empty() && (!spot.target->identity || (text && !text->is_file));
}

} // namespace

std::vector<Spot> spots_of(const policy::Policy& policy) {
  std::vector<Spot> spots;
  for (const Target& target : policy.targets)
    for (event::Event& event : event::from_target(target))
      spots.push_back({&target, std::move(event)});
  return spots;
}

std::vector<SpotPair> pairs_of(const std::vector<Spot>& before, const std::vector<Spot>& after) {
  return Pairing(before, after).pairs();
}

const policy::TextOrFile* host_nqn_of(const policy::Policy& policy, const Target& target) {
  auto const found = policy.identities.find(target.identity.value_or("default"));
  bool const is_known = found != policy.identities.end() && found->second.hostnqn;
  return is_known ? &*found->second.hostnqn : nullptr;
}

std::string host_nqn_text(const policy::Policy& policy, const Target& target) {
  const policy::TextOrFile* const text = host_nqn_of(policy, target);
  if (!text)
    return "file /etc/nvme/hostnqn";
  return text->is_file ? "file " + text->text : text->text;
}

bool has_own_events(const SpotPair& pair, const Policies& policies) {
  bool const both = pair.before && pair.after;
  return (!pair.before || knows_own_events(policies.before, *pair.before)) &&
         (!pair.after || knows_own_events(policies.after, *pair.after)) &&
         (!both || host_nqn_text(policies.before, *pair.before->target) ==
                       host_nqn_text(policies.after, *pair.after->target));
}

Region own_events(const SpotPair& pair, const Policies& policies, const EventSpace& space) {
  const Spot& spot = pair.after ? *pair.after : *pair.before;
  Region region = region_of_endpoint(spot.event, space);
  if (spot.target->identity)
    restrict(
        region, Axis::host_nqn,
        space.only(host_nqn_of(pair.after ? policies.after : policies.before, *spot.target)->text));
  return region;
}

int said_by(const SpotPair& pair) {
  const Spot& spot = pair.after ? *pair.after : *pair.before;
  const base::Endpoint& endpoint = spot.event.endpoint;
  return (spot.target->identity ? 4 : 0) + (endpoint.host_traddr ? 1 : 0) +
         (endpoint.host_iface.empty() ? 0 : 1);
}

} // namespace nvmf::analyze
