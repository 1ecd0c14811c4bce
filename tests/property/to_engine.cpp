#include "property/to_engine.hpp"

#include "event/usual_service.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace nvmf::property {

namespace {

using policy::MatchKey;
using policy::Pattern;

constexpr std::array all_keys{
    MatchKey::event,    MatchKey::transport,  MatchKey::traddr,        MatchKey::host_traddr,
    MatchKey::trsvcid,  MatchKey::host_iface, MatchKey::subsystem_nqn, MatchKey::discovery_nqn,
    MatchKey::host_nqn, MatchKey::hostname,   MatchKey::source,        MatchKey::identity,
    MatchKey::owner,    MatchKey::persistent, MatchKey::portid,        MatchKey::secure_channel,
    MatchKey::udev};

// A mistake of the tests themselves.
template <class T>
T needed(std::optional<T> value, const std::string& text) {
  if (!value) {
    std::fprintf(stderr, "the tests cannot read `%s`\n", text.c_str());
    std::abort();
  }
  return std::move(*value);
}

Pattern address_pattern(const std::string& text) {
  if (auto fc = base::FcPattern::parse(text))
    return *fc;
  if (auto cidr = base::Cidr::parse(text))
    return *cidr;
  if (auto range = base::IpRange::parse(text))
    return *range;
  if (auto address = base::IpAddress::parse(text))
    return *address;
  return needed(base::Traddr::parse(base::Transport::loop, text), text);
}

Pattern number_pattern(const std::string& text) {
  auto const dash = text.find('-');
  auto const first = static_cast<std::uint32_t>(std::stoul(text));
  return policy::NumberRange{first,
                             dash == std::string::npos
                                 ? first
                                 : static_cast<std::uint32_t>(std::stoul(text.substr(dash + 1)))};
}

// As the loader finds it for the targets `dc-a` and `dc-b`.
Pattern source_pattern(const std::string& text) {
  if (text.find_first_of("*?") == std::string::npos)
    return text;
  policy::SourceGlob source{.glob = text, .names = {}};
  for (const char* target : {"dc-a", "dc-b"})
    if (base::Glob(text).matches(target))
      source.names.emplace_back(target);
  return source;
}

Pattern pattern(MatchKey key, const std::string& text) {
  switch (key) {
  case MatchKey::event:
    return needed(base::parse_event_kind(text), text);
  case MatchKey::transport:
    return needed(base::parse_transport(text), text);
  case MatchKey::secure_channel:
    return needed(base::parse_secure_channel(text), text);
  case MatchKey::traddr:
  case MatchKey::host_traddr:
    return address_pattern(text);
  case MatchKey::trsvcid:
  case MatchKey::portid:
    return number_pattern(text);
  case MatchKey::source:
    return source_pattern(text);
  case MatchKey::persistent:
    return policy::Flag{text == "true"};
  default:
    return base::Glob(text);
  }
}

policy::Clause clause(const TextClause& text) {
  policy::Clause result;
  result.key = *std::find_if(all_keys.begin(), all_keys.end(),
                             [&](MatchKey key) { return to_string(key) == text.key; });
  result.udev_property = text.property;
  // Every other value through a set, as policies have it.
  auto set = std::make_shared<policy::Set>();
  for (std::size_t i = 0; i < text.values.size(); ++i)
    (i % 2 == 0 ? result.values : set->values).push_back(pattern(result.key, text.values[i]));
  if (!set->values.empty())
    result.sets.push_back(std::move(set));
  return result;
}

policy::Match match(const TextMatch& text) {
  policy::Match result{.any = text.all.empty() && text.none.empty()};
  for (const TextClause& each : text.all)
    result.all.push_back(clause(each));
  for (const TextClause& each : text.none)
    result.none.push_back(clause(each));
  return result;
}

// As the loader finds it (LANGUAGE, "The action says what the rule applies to").
policy::SubjectSet subjects(const policy::Match& match, const std::string& action) {
  auto const io_key = [](const policy::Clause& each) {
    return each.key == MatchKey::subsystem_nqn || each.key == MatchKey::portid ||
           each.key == MatchKey::secure_channel;
  };
  bool const io_only = action == "connect" ||
                       std::any_of(match.all.begin(), match.all.end(), io_key) ||
                       std::any_of(match.none.begin(), match.none.end(), io_key);
  return action == "discover" ? policy::SubjectSet{true, false}
                              : policy::SubjectSet{!io_only, true};
}

policy::OptionSettings options(const std::map<std::string, std::string>& texts) {
  policy::OptionSettings result;
  for (const auto& [name, value] : texts) {
    auto const blank = name.find(' ');
    auto const only = base::parse_transport(name.substr(0, blank));
    std::string const option = only ? name.substr(blank + 1) : name;
    result[{base::find_connect_option(option)->id, only}] = {
        .value = static_cast<std::int64_t>(std::stoll(value)), .span = {}};
  }
  return result;
}

policy::Rule rule(const TextRule& text) {
  policy::Rule result{
      .name = text.name, .full_name = "50-autoconnect/" + text.name, .match = match(text.match)};
  result.action = text.action == "discover"  ? policy::Action::discover
                  : text.action == "connect" ? policy::Action::connect
                                             : policy::Action::ignore;
  result.applies_to = subjects(result.match, text.action);
  result.connect = options(text.options);
  if (!text.identity.empty())
    result.identity = text.identity;
  return result;
}

policy::Target target(const TextTarget& text) {
  policy::Target result{.name = text.name};
  result.subsystem_nqn = text.subsystem_nqn;
  policy::TargetEndpoint endpoint;
  endpoint.transport = result.transport;
  endpoint.traddr = needed(base::Traddr::parse(result.transport, text.traddr), text.traddr);
  endpoint.trsvcid = event::usual_service(result.transport, result.subject());
  result.endpoints = {endpoint};
  result.connect = options(text.options);
  return result;
}

std::string value(const TextEvent& event, const std::string& key) {
  auto const found = event.values.find(key);
  return found == event.values.end() ? std::string() : found->second;
}

std::optional<base::Traddr> address(const TextEvent& event, const std::string& key) {
  std::string const text = value(event, key);
  if (text.empty())
    return std::nullopt;
  return needed(base::Traddr::parse(*base::parse_transport(value(event, "transport")), text), text);
}

std::optional<std::uint16_t> number(const TextEvent& event, const std::string& key) {
  std::string const text = value(event, key);
  return text.empty() ? std::nullopt : std::optional(static_cast<std::uint16_t>(std::stoul(text)));
}

} // namespace

policy::Policy to_engine(const TextPolicy& text) {
  policy::Policy result;
  result.identities["default"] = {};
  for (const char* name : {"blue", "black"})
    result.identities[name] = {
        .name = name,
        .hostnqn = policy::TextOrFile{.text = host_nqn_of(name), .is_file = false, .span = {}},
        .hostid = std::nullopt,
        .secrets = {},
        .span = {}};
  for (const TextRule& each : text.guards) {
    policy::Guard guard{
        .name = each.name, .full_name = "50-autoconnect/" + each.name, .match = match(each.match)};
    guard.applies_to = subjects(guard.match, each.action);
    result.guards.push_back(std::move(guard));
  }
  for (const TextRule& each : text.rules)
    result.rules.push_back(rule(each));
  for (const TextTarget& each : text.targets)
    result.targets.push_back(target(each));
  return result;
}

event::Event to_engine(const TextEvent& text) {
  event::Event event;
  event.kind = needed(base::parse_event_kind(value(text, "event")), "event");
  event.subject =
      text.io_subsystem ? base::Subject::io_subsystem : base::Subject::discovery_controller;
  event.endpoint.transport = needed(base::parse_transport(value(text, "transport")), "transport");
  event.endpoint.traddr = address(text, "traddr");
  event.endpoint.host_traddr = address(text, "host-traddr");
  event.endpoint.trsvcid = number(text, "trsvcid");
  event.portid = number(text, "portid");
  event.endpoint.host_iface = value(text, "host-iface");
  event.subsystem_nqn = value(text, "subsystem-nqn");
  event.discovery_nqn = value(text, "discovery-nqn");
  event.host_nqn = value(text, "host-nqn");
  event.secure_channel = base::parse_secure_channel(value(text, "secure-channel"));
  event.identity = value(text, "identity");
  if (std::string const owner = value(text, "owner"); !owner.empty())
    event.owner = owner == policy::no_owner ? std::string() : owner;
  if (std::string const persistent = value(text, "persistent"); !persistent.empty())
    event.persistent = persistent == "true";
  event.sources = text.sources;
  event.udev = text.udev;
  event.target = text.target;
  return event;
}

std::optional<std::string> hostname_of(const TextEvent& event) {
  std::string text = value(event, "hostname");
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

TextDecision to_text(const decide::Decision& decision) {
  TextDecision result{std::string(decide::to_string(decision.outcome)), ""};
  if (decision.guard)
    result.name = decision.guard->name;
  if (decision.rule)
    result.name = decision.rule->name;
  if (decision.target)
    result.name = decision.target->name;
  return result;
}

TextEvent to_text_event(const event::Event& event, const std::optional<std::string>& hostname) {
  TextEvent text{.values = {},
                 .sources = event.sources,
                 .udev = event.udev,
                 .io_subsystem = event.subject == base::Subject::io_subsystem,
                 .target = event.target};
  auto const set = [&](const std::string& key, std::string value) {
    if (!value.empty())
      text.values[key] = std::move(value);
  };
  set("event", std::string(to_string(event.kind)));
  set("transport", std::string(to_string(event.endpoint.transport)));
  set("traddr", event.endpoint.traddr ? event.endpoint.traddr->to_string() : "");
  set("host-traddr", event.endpoint.host_traddr ? event.endpoint.host_traddr->to_string() : "");
  set("trsvcid", event.endpoint.trsvcid ? std::to_string(*event.endpoint.trsvcid) : "");
  set("portid", event.portid ? std::to_string(*event.portid) : "");
  set("host-iface", event.endpoint.host_iface);
  set("subsystem-nqn", event.subsystem_nqn);
  set("discovery-nqn", event.discovery_nqn);
  set("host-nqn", event.host_nqn);
  set("hostname", hostname.value_or(""));
  set("identity", event.identity);
  if (event.owner)
    set("owner", event.owner->empty() ? std::string(policy::no_owner) : *event.owner);
  if (event.persistent)
    set("persistent", *event.persistent ? "true" : "false");
  if (event.secure_channel)
    set("secure-channel", std::string(to_string(*event.secure_channel)));
  return text;
}

} // namespace nvmf::property
