#include "analyze/example.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nvmf::analyze {

namespace {

std::string endpoint(const event::Event& event) {
  if (!event.traddr)
    return {};
  std::string text = base::escaped(event.traddr->to_string());
  if (!event.trsvcid)
    return " " + text;
  bool const v6 = event.traddr->ip() && event.traddr->ip()->family == base::IpFamily::v6;
  return v6 ? fmt::format(" [{}]:{}", text, *event.trsvcid)
            : fmt::format(" {}:{}", text, *event.trsvcid);
}

std::string subject_name(const event::Event& event) {
  if (!event.subsystem_nqn.empty())
    return " " + base::escaped(event.subsystem_nqn);
  bool const both =
      event.kind == base::EventKind::boot || event.kind == base::EventKind::controller_lost;
  return both ? " (a discovery controller)" : "";
}

std::vector<std::string> circumstances(const event::Event& event,
                                       const std::optional<std::string>& hostname) {
  std::vector<std::string> words;
  auto const add = [&](std::string_view key, std::string_view value) {
    if (!value.empty())
      words.push_back(fmt::format("{} {}", key, base::escaped(value)));
  };
  add("host-traddr", event.host_traddr ? event.host_traddr->to_string() : "");
  add("host-iface", event.host_iface);
  if (event.discovery_nqn != base::well_known_discovery_nqn)
    add("discovery-nqn", event.discovery_nqn);
  add("host-nqn", event.host_nqn);
  add("hostname", hostname.value_or(""));
  add("source", fmt::format("{}", fmt::join(event.sources, " and ")));
  add("target", event.target);
  if (event.portid)
    add("portid", std::to_string(*event.portid));
  if (event.secure_channel)
    add("secure-channel", base::to_string(*event.secure_channel));
  for (const auto& [property, value] : event.udev)
    add(property, value);
  return words;
}

} // namespace

std::string describe(const event::Event& event, const std::optional<std::string>& hostname) {
  std::string line =
      fmt::format("{} {}{}{}", base::to_string(event.kind), base::to_string(event.transport),
                  endpoint(event), subject_name(event));
  if (auto const words = circumstances(event, hostname); !words.empty())
    line += fmt::format(" ({})", fmt::join(words, ", "));
  return line;
}

std::string describe(const policy::Policy& policy, const decide::Decision& decision) {
  if (decision.guard)
    return fmt::format("denied by `{}`", policy.shown_name(*decision.guard));
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
