// Does one clause hold for one event?
#include "decide/decide.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::decide {

using policy::MatchKey;
using policy::Pattern;

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// A literal without scope matches any scope, one with a scope only that; prefixes and ranges ignore
// it.
bool address_matches(const Pattern& pattern, const std::optional<base::Traddr>& value) {
  if (!value)
    return false;
  if (const base::IpAddress* ip = value->ip()) {
    if (const auto* literal = std::get_if<base::IpAddress>(&pattern))
      return literal->family == ip->family && literal->bytes == ip->bytes &&
             (literal->scope.empty() || literal->scope == ip->scope);
    if (const auto* cidr = std::get_if<base::Cidr>(&pattern))
      return cidr->contains(*ip);
    if (const auto* range = std::get_if<base::IpRange>(&pattern))
      return range->contains(*ip);
    return false;
  }
  if (const base::FcAddress* fc = value->fc()) {
    const auto* names = std::get_if<base::FcPattern>(&pattern);
    return names && names->matches(*fc);
  }
  const auto* text = std::get_if<base::Traddr>(&pattern);
  return text && *text == *value;
}

bool glob_matches(const Pattern& pattern, std::string_view value) {
  const auto* glob = std::get_if<base::Glob>(&pattern);
  return glob && !value.empty() && glob->matches(value);
}

bool number_matches(const Pattern& pattern, std::optional<std::uint16_t> value) {
  const auto* range = std::get_if<policy::NumberRange>(&pattern);
  return range && value && *value >= range->first && *value <= range->last;
}

template <class T>
bool equals(const Pattern& pattern, const std::optional<T>& value) {
  const auto* wanted = std::get_if<T>(&pattern);
  return wanted && value && *wanted == *value;
}

bool hostname_matches(const Pattern& pattern, const std::optional<std::string>& hostname) {
  const auto* glob = std::get_if<base::Glob>(&pattern);
  return glob && hostname && base::Glob(lower(glob->pattern())).matches(lower(*hostname));
}

bool source_matches(const Pattern& pattern, const event::Event& event) {
  auto const has = [&](const std::string& name) {
    return std::find(event.sources.begin(), event.sources.end(), name) != event.sources.end();
  };
  if (const auto* name = std::get_if<std::string>(&pattern))
    return has(*name);
  const auto* glob = std::get_if<policy::SourceGlob>(&pattern);
  return glob && std::any_of(glob->names.begin(), glob->names.end(), has);
}

// `none` is for a controller without an owner, which no glob fits.
bool owner_matches(const Pattern& pattern, const std::optional<std::string>& owner) {
  const auto* glob = std::get_if<base::Glob>(&pattern);
  if (!glob || !owner)
    return false;
  bool const wants_none = glob->pattern() == policy::no_owner;
  return owner->empty() ? wants_none : !wants_none && glob->matches(*owner);
}

bool persistence_matches(const Pattern& pattern, std::optional<bool> persistent) {
  const auto* wanted = std::get_if<policy::Flag>(&pattern);
  return wanted && persistent == wanted->value;
}

bool udev_matches(const policy::Clause& clause, const event::Event& event) {
  auto const property = event.udev.find(clause.udev_property);
  return property != event.udev.end() &&
         std::any_of(clause.values.begin(), clause.values.end(), [&](const Pattern& pattern) {
           return glob_matches(pattern, property->second);
         });
}

// The name of an I/O subsystem; a discovery controller has none in the sense of `subsystem-nqn`.
std::string_view subsystem_of(const event::Event& event) {
  return event.subject == base::Subject::io_subsystem ? std::string_view(event.subsystem_nqn)
                                                      : std::string_view();
}

std::optional<std::string> text_or_nothing(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

std::optional<std::string> address_text(const std::optional<base::Traddr>& address) {
  return address ? std::optional(address->to_string()) : std::nullopt;
}

} // namespace

bool pattern_matches(MatchKey key, const Pattern& pattern, const event::Event& event,
                     const std::optional<std::string>& hostname) {
  switch (key) {
  case MatchKey::event:
    return equals(pattern, std::optional(event.kind));
  case MatchKey::transport:
    return equals(pattern, std::optional(event.endpoint.transport));
  case MatchKey::traddr:
    return address_matches(pattern, event.endpoint.traddr);
  case MatchKey::host_traddr:
    return address_matches(pattern, event.endpoint.host_traddr);
  case MatchKey::trsvcid:
    return number_matches(pattern, event.endpoint.trsvcid);
  case MatchKey::host_iface:
    return glob_matches(pattern, event.endpoint.host_iface);
  case MatchKey::subsystem_nqn:
    return glob_matches(pattern, subsystem_of(event));
  case MatchKey::discovery_nqn:
    return glob_matches(pattern, event.discovery_nqn);
  case MatchKey::host_nqn:
    return glob_matches(pattern, event.host_nqn);
  case MatchKey::hostname:
    return hostname_matches(pattern, hostname);
  case MatchKey::source:
    return source_matches(pattern, event);
  case MatchKey::identity:
    return glob_matches(pattern, event.identity);
  case MatchKey::owner:
    return owner_matches(pattern, event.owner);
  case MatchKey::persistent:
    return persistence_matches(pattern, event.persistent);
  case MatchKey::portid:
    return number_matches(pattern, event.portid);
  case MatchKey::secure_channel:
    return equals(pattern, event.secure_channel);
  case MatchKey::udev:
    return false; // needs the clause's property: udev_matches
  }
  return false;
}

bool clause_matches(const policy::Clause& clause, const event::Event& event,
                    const std::optional<std::string>& hostname) {
  if (clause.key == MatchKey::udev)
    return udev_matches(clause, event);
  auto const holds = [&](const Pattern& pattern) {
    return pattern_matches(clause.key, pattern, event, hostname);
  };
  return std::any_of(clause.values.begin(), clause.values.end(), holds) ||
         std::any_of(clause.sets.begin(), clause.sets.end(), [&](const auto& set) {
           return std::any_of(set->values.begin(), set->values.end(), holds);
         });
}

std::optional<std::string> value_of(const event::Event& event, MatchKey key,
                                    const std::optional<std::string>& hostname) {
  switch (key) {
  case MatchKey::event:
    return std::string(to_string(event.kind));
  case MatchKey::transport:
    return std::string(to_string(event.endpoint.transport));
  case MatchKey::traddr:
    return address_text(event.endpoint.traddr);
  case MatchKey::host_traddr:
    return address_text(event.endpoint.host_traddr);
  case MatchKey::trsvcid:
    return event.endpoint.trsvcid ? std::optional(std::to_string(*event.endpoint.trsvcid))
                                  : std::nullopt;
  case MatchKey::host_iface:
    return text_or_nothing(event.endpoint.host_iface);
  case MatchKey::subsystem_nqn:
    return text_or_nothing(subsystem_of(event));
  case MatchKey::discovery_nqn:
    return text_or_nothing(event.discovery_nqn);
  case MatchKey::host_nqn:
    return text_or_nothing(event.host_nqn);
  case MatchKey::hostname:
    return hostname;
  case MatchKey::source:
    return text_or_nothing(fmt::format("{}", fmt::join(event.sources, " and ")));
  case MatchKey::identity:
    return text_or_nothing(event.identity);
  case MatchKey::owner:
    return event.owner && event.owner->empty() ? std::string(policy::no_owner) : event.owner;
  case MatchKey::persistent:
    return event.persistent ? std::optional<std::string>(*event.persistent ? "true" : "false")
                            : std::nullopt;
  case MatchKey::portid:
    return event.portid ? std::optional(std::to_string(*event.portid)) : std::nullopt;
  case MatchKey::secure_channel:
    return event.secure_channel ? std::optional(std::string(to_string(*event.secure_channel)))
                                : std::nullopt;
  case MatchKey::udev:
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace nvmf::decide
