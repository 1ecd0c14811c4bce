#include "cli/host_names.hpp"

#include "event/from_target.hpp"

#include <fmt/format.h>
#include <set>
#include <string>
#include <vector>

namespace nvmf::cli {

namespace {

constexpr std::uint16_t unresolved_name = 318;

std::vector<std::string> host_names_of(const policy::Policy& policy) {
  std::set<std::string> names;
  for (const policy::Target& target : policy.targets)
    for (const policy::TargetEndpoint& endpoint : target.endpoints)
      if (!endpoint.host_name.empty())
        names.insert(endpoint.host_name);
  return {names.begin(), names.end()};
}

void report_unknown(const policy::Target& target, const std::string& name, const std::string& why,
                    diag::Sink& sink) {
  diag::Finding& finding =
      sink.add(unresolved_name,
               fmt::format("whether host name `{}` of target `{}` has an address is unknown: {}",
                           name, target.name, why),
               target.span);
  finding.severity = diag::Severity::info;
}

void report_nameless(const policy::Target& target, const event::Event& event,
                     const std::vector<base::IpAddress>& addresses, diag::Sink& sink) {
  diag::Finding& finding = sink.add(
      unresolved_name,
      addresses.empty()
          ? fmt::format("host name `{}` of target `{}` has no address", event.host_name,
                        target.name)
          : fmt::format("host name `{}` of target `{}` has only addresses of another family than "
                        "its host-traddr {}",
                        event.host_name, target.name, event.endpoint.host_traddr->to_string()),
      target.span);
  finding.notes.push_back(
      "nothing is connected by that name: `name-unresolved`; it is asked again");
}

} // namespace

void check_host_names(const HostView& host, const policy::Policy& policy, diag::Sink& sink) {
  const std::vector<std::string> names = host_names_of(policy);
  if (names.empty() || !host.resolve)
    return;
  const host::NameAnswers answers = host.resolve(names);
  event::Names known;
  for (const auto& [name, answer] : answers)
    if (answer)
      known[name] = *answer;
  for (const policy::Target& target : policy.targets) {
    std::set<std::string> reported;
    for (const event::Event& event : event::from_target(target, known)) {
      if (event.host_name.empty() || !reported.insert(event.host_name).second)
        continue;
      const auto& answer = answers.at(event.host_name);
      if (answer)
        report_nameless(target, event, *answer, sink);
      else
        report_unknown(target, event.host_name, answer.error().message, sink);
    }
  }
}

} // namespace nvmf::cli
