#include "policy/check_policy.hpp"
#include "policy/situations.hpp"
#include "policy/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

// `verb`: what has the transports, `the rule matches`.
void check_own(const OptionSettings& settings, base::TransportSet transports, std::string_view verb,
               diag::Sink& sink) {
  if (transports.empty())
    return;
  for (const auto& [key, setting] : settings) {
    const base::ConnectOption& option = base::connect_option(key.option);
    if (key.only && !transports.contains(*key.only))
      sink.add(212,
               fmt::format("`{}` is set for {}, and {} only {}", option.name, to_string(*key.only),
                           verb, list_of(transports)),
               setting.span);
    else if (!key.only && (option.transports & transports).empty())
      sink.add(212,
               fmt::format("`{}` does not apply to {}, and {} nothing else", option.name,
                           list_of(transports), verb),
               setting.span)
          .help = fmt::format("it is an option of {}", list_of(option.transports));
  }
}

void report_queue_option(const base::ConnectOption& option, const diag::Span& where,
                         diag::Sink& sink) {
  sink.add(212, fmt::format("`{}` does not apply to a discovery controller", option.name), where)
      .help = "a discovery controller has no I/O queues; set it in the `connect` rule";
}

void check_queues(const OptionSettings& settings, diag::Sink& sink) {
  for (const auto& [key, setting] : settings)
    if (base::connect_option(key.option).queue_option)
      report_queue_option(base::connect_option(key.option), setting.span, sink);
}

// The finding is placed where the profile is named: elsewhere it may be right.
void check_profile_queues(const std::vector<std::shared_ptr<const Profile>>& profiles,
                          const std::vector<NameUse>& uses, diag::Sink& sink) {
  for (const auto& profile : profiles)
    for (const auto& [key, setting] : profile->connect)
      for (const NameUse& use : uses)
        if (base::connect_option(key.option).queue_option && use.name == profile->name) {
          report_queue_option(base::connect_option(key.option), use.span, sink);
          sink.findings().back().spans.push_back({setting.span, "set here", false});
        }
}

// `tls`, `tls-key` and `concat` are never left out: with a profile that sets one of them every path
// would end `security-required`. Other options of a profile may be meant for other rules.
void check_profile_security(const std::vector<std::shared_ptr<const Profile>>& profiles,
                            const OptionSettings& above, const std::vector<NameUse>& uses,
                            base::TransportSet transports, diag::Sink& sink) {
  using base::OptionId;
  for (const auto& profile : profiles)
    for (OptionId const id : {OptionId::tls, OptionId::tls_key, OptionId::concat}) {
      auto const setting = profile->connect.find(id);
      const base::ConnectOption& option = base::connect_option(id);
      bool const acts = setting != profile->connect.end() && !above.contains(id) &&
                        setting->second.value != base::OptionValue(false) &&
                        setting->second.value != base::OptionValue(base::KernelDefault{});
      auto const use = std::find_if(uses.begin(), uses.end(), [&](const NameUse& each) {
        return each.name == profile->name;
      });
      if (!acts || use == uses.end() || transports.empty() ||
          !(option.transports & transports).empty())
        continue;
      diag::Finding& finding =
          sink.add(212,
                   fmt::format("`{}` of profile `{}` does not apply to {}: every path would end "
                               "`security-required`",
                               option.name, profile->name, list_of(transports)),
                   use->span);
      finding.spans.push_back({setting->second.span, "set here", false});
      finding.help = fmt::format("it is an option of {}", list_of(option.transports));
    }
}

} // namespace

void check_rule_transports(const Rule& rule, const std::vector<NameUse>& uses, diag::Sink& sink) {
  base::TransportSet const transports = transports_in(situations_of(rule.match, rule.applies_to));
  check_own(rule.connect, transports, "the rule matches", sink);
  check_profile_security(rule.profiles, rule.connect, uses, transports, sink);
  if (rule.action != Action::discover)
    return;
  check_queues(rule.connect, sink);
  check_profile_queues(rule.profiles, uses, sink);
}

void check_target_transport(const Target& target, const std::vector<NameUse>& uses,
                            diag::Sink& sink) {
  check_own(target.connect, {target.transport}, "the target has", sink);
  check_profile_security(target.profiles, target.connect, uses, {target.transport}, sink);
  if (target.subject() != base::Subject::discovery_controller)
    return;
  check_queues(target.connect, sink);
  check_profile_queues(target.profiles, uses, sink);
}

} // namespace nvmf::policy
