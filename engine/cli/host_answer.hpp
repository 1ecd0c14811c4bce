// The answer of this host after guards and rules: exclusions, host side, identity, existing
// connections, the kernel, secrets.
#pragma once

#include "decide/facts.hpp"
#include "event/event.hpp"
#include "plan/run.hpp"
#include "policy/policy.hpp"

#include <string>
#include <vector>

namespace nvmf::cli {

struct HostAnswer {
  // The plan's items of the event, one for each host side.
  std::vector<plan::Item> items;
  // Of each item the event as the guards saw it last; none where that is not known any more.
  std::vector<plan::GuardedItem> guarded;
  // Where `items` are denied or ignored: what they would be if a rule wanted the event and no guard
  // denied it.
  std::vector<plan::Item> if_wanted;
};

HostAnswer ask_host(const policy::Policy& policy, const decide::Facts& facts,
                    const event::Event& event, const plan::AskRouting& routing);
// The same for an answer that has the items of a plan already.
HostAnswer ask_host(const policy::Policy& policy, const decide::Facts& facts,
                    const event::Event& event, const plan::AskRouting& routing, HostAnswer answer);

// The item that has the first word: a planned action before others. `items` has one.
const plan::Item& foremost(const std::vector<plan::Item>& items);
// How the guards saw that item; null: not known.
const plan::GuardedItem* foremost_guarded(const HostAnswer& answer);

// `would connect from 10.20.1.77 via ens1f0`, one for each item.
std::vector<std::string> host_answer_lines(const HostAnswer& answer);

// `this host: would connect from 10.20.1.77 via ens1f0`, a line for each item; empty where the host
// has nothing to say.
std::string host_answer_text(const HostAnswer& answer, std::optional<std::size_t> columns);

} // namespace nvmf::cli
