#include "policy/words.hpp"

#include <array>

namespace nvmf::policy {

namespace {

constexpr std::array match_keys{
    MatchKey::event,    MatchKey::transport,  MatchKey::traddr,        MatchKey::host_traddr,
    MatchKey::trsvcid,  MatchKey::host_iface, MatchKey::subsystem_nqn, MatchKey::discovery_nqn,
    MatchKey::host_nqn, MatchKey::hostname,   MatchKey::source,        MatchKey::identity,
    MatchKey::owner,    MatchKey::persistent, MatchKey::portid,        MatchKey::secure_channel,
    MatchKey::udev};
constexpr std::array actions{Action::discover, Action::connect, Action::ignore};
constexpr std::array host_sides{HostSide::inherit, HostSide::same_subnet, HostSide::any};

template <class T, std::size_t n>
std::optional<T> parse(const std::array<T, n>& all, std::string_view text) {
  for (T const each : all)
    if (to_string(each) == text)
      return each;
  return std::nullopt;
}

} // namespace

std::string_view to_string(MatchKey key) {
  switch (key) {
  case MatchKey::event:
    return "event";
  case MatchKey::transport:
    return "transport";
  case MatchKey::traddr:
    return "traddr";
  case MatchKey::host_traddr:
    return "host-traddr";
  case MatchKey::trsvcid:
    return "trsvcid";
  case MatchKey::host_iface:
    return "host-iface";
  case MatchKey::subsystem_nqn:
    return "subsystem-nqn";
  case MatchKey::discovery_nqn:
    return "discovery-nqn";
  case MatchKey::host_nqn:
    return "host-nqn";
  case MatchKey::hostname:
    return "hostname";
  case MatchKey::source:
    return "source";
  case MatchKey::identity:
    return "identity";
  case MatchKey::owner:
    return "owner";
  case MatchKey::persistent:
    return "persistent";
  case MatchKey::portid:
    return "portid";
  case MatchKey::secure_channel:
    return "secure-channel";
  case MatchKey::udev:
    return "udev";
  }
  return {};
}

std::string_view to_string(Action action) {
  switch (action) {
  case Action::discover:
    return "discover";
  case Action::connect:
    return "connect";
  case Action::ignore:
    return "ignore";
  }
  return {};
}

std::string_view to_string(Persistent persistent) {
  switch (persistent) {
  case Persistent::no:
    return "false";
  case Persistent::yes:
    return "true";
  case Persistent::if_supported:
    return "if-supported";
  }
  return {};
}

std::string_view to_string(NbftUse use) {
  switch (use) {
  case NbftUse::use:
    return "use";
  case NbftUse::ignore:
    return "ignore";
  }
  return {};
}

std::string_view to_string(HostSide side) {
  switch (side) {
  case HostSide::inherit:
    return "inherit";
  case HostSide::same_subnet:
    return "same-subnet";
  case HostSide::any:
    return "any";
  }
  return {};
}

std::optional<MatchKey> parse_match_key(std::string_view text) { return parse(match_keys, text); }
std::optional<Action> parse_action(std::string_view text) { return parse(actions, text); }
std::optional<HostSide> parse_host_side(std::string_view text) { return parse(host_sides, text); }

std::string list_of(base::TransportSet transports) {
  std::string out;
  for (base::Transport const each : base::all_transports)
    if (transports.contains(each))
      out.append(out.empty() ? "" : ", ").append(to_string(each));
  return out;
}

std::string poll_text(base::Duration poll) {
  return poll == base::infinite_duration ? "never" : base::format_duration(poll);
}

} // namespace nvmf::policy
