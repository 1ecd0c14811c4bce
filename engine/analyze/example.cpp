#include "analyze/example.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "event/codec.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::analyze {

namespace {

std::string endpoint(const event::Event& event) {
  if (!event.endpoint.traddr)
    return event.host_name.empty() ? std::string() : " " + event.host_name;
  return " " + base::escaped(event.endpoint.port_text());
}

std::string subject_name(const event::Event& event) {
  if (!event.subsystem_nqn.empty())
    return " " + base::escaped(event.subsystem_nqn);
  bool const both =
      event.kind == base::EventKind::boot || event.kind == base::EventKind::controller_lost;
  return both ? " (a discovery controller)" : "";
}

// Whether an earlier part of the line has it: `discovered tcp 10.20.1.21:4420
// nqn.2014-08.com.example:vol1`.
bool is_in_heading(const event::NamedValue& named) {
  constexpr std::array names{"event",   "transport", "traddr",
                             "trsvcid", "host-name", "subsystem-nqn"};
  return std::find(names.begin(), names.end(), named.field.name) != names.end();
}

bool is_usual(const event::NamedValue& named) {
  return named.field.name == "discovery-nqn" &&
         named.value == event::FieldValue(std::string(base::well_known_discovery_nqn));
}

std::vector<std::string> circumstances(const event::Event& event,
                                       const std::optional<std::string>& hostname) {
  std::vector<std::string> words;
  auto const add = [&](std::string_view key, std::string_view value) {
    if (!value.empty())
      words.push_back(fmt::format("{} {}", key, base::escaped(value)));
  };
  for (const event::NamedValue& named : event::encode({.event = event, .hostname = hostname})) {
    bool const is_own_name =
        named.field.name == "source" && event.sources == std::vector<std::string>{event.target};
    if (is_in_heading(named) || is_usual(named) || is_own_name)
      continue;
    if (const auto* text = std::get_if<std::string>(&named.value))
      add(named.field.name, *text);
    else if (const auto* texts = std::get_if<std::vector<std::string>>(&named.value))
      add(named.field.name, fmt::format("{}", fmt::join(*texts, " and ")));
    else
      for (const auto& [property, value] : event.udev)
        add(property, value);
  }
  return words;
}

} // namespace

std::string describe(const event::Event& event, const std::optional<std::string>& hostname) {
  std::string line =
      fmt::format("{} {}{}{}", base::to_string(event.kind),
                  base::to_string(event.endpoint.transport), endpoint(event), subject_name(event));
  if (auto const words = circumstances(event, hostname); !words.empty())
    line += fmt::format(" ({})", fmt::join(words, ", "));
  return line;
}

std::string describe(const policy::Policy& policy, const decide::Decision& decision) {
  if (decision.guard)
    return fmt::format("denied by `{}`", policy.shown_name(*decision.guard));
  if (decision.target)
    return fmt::format("{} by target `{}`", decide::to_string(decision.outcome),
                       decision.target->name);
  if (decision.firmware)
    return fmt::format("{} by the firmware's table", decide::to_string(decision.outcome));
  if (!decision.rule)
    return "ignored, no rule matches";
  return fmt::format("{} by `{}`", decide::to_string(decision.outcome),
                     policy.shown_name(*decision.rule));
}

std::string describe(const policy::Policy& policy, const Example& example) {
  return fmt::format("{} → {}", describe(example.event, example.hostname),
                     describe(policy, example.decision));
}

} // namespace nvmf::analyze
