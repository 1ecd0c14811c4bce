// How things are called in output for people: endpoints, NQNs, places in files.
#pragma once

#include "base/endpoint.hpp"
#include "diag/finding.hpp"
#include "event/event.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace nvmf::cli {

// `10.20.1.10:8009`, `[fd20:a::1]:4420`, `nn-0x…:pn-0x…`; `-` where there is no address.
std::string address_text(const base::Endpoint& endpoint);

// The host side: `10.20.1.77 ens1f0`, either alone, or empty.
std::string host_side_text(const base::Endpoint& endpoint);

// `nvme0  discovery-log-changed  tcp 10.20.1.10:8009 via ens1f0`: what happened, to what.
std::string event_text(const event::Event& event);

// `autoconnect.yaml:31`.
std::string place_text(std::string_view path, std::uint32_t line);
std::string place_text(const diag::Span& span); // its first line

// Short names for NQNs: `…:prod.vol7` while no other NQN of the output ends alike, else the whole.
class ShortNqns {
public:
  void add(const std::string& nqn);
  std::string name(const std::string& nqn) const;

private:
  std::map<std::string, std::set<std::string>> by_tail_;
};

} // namespace nvmf::cli
