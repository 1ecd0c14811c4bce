#include "policy/check_policy.hpp"
#include "policy/encryption.hpp"
#include "policy/option_findings.hpp"
#include "policy/situations.hpp"
#include "policy/target_match.hpp"
#include "policy/target_rule.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace nvmf::policy {

namespace {

using base::OptionId;

ConnectionKind kind_of(const Connection& connection, base::Transport transport) {
  bool const is_discovery = connection.subject == base::Subject::discovery_controller;
  return {.transport = transport,
          .subject = connection.subject,
          .stays = connection.rule->action != Action::ignore &&
                   (!is_discovery || find_persistent(connection, transport) != Persistent::no)};
}

class OptionCheck {
public:
  OptionCheck(const Policy& policy, const FindingOptions& wanted, diag::Sink& sink)
      : policy_(policy), wanted_(wanted), sink_(sink) {
    identity_has_secret_ =
        std::any_of(policy.identities.begin(), policy.identities.end(), [](const auto& entry) {
          return entry.second.secrets.contains(OptionId::dhchap_secret);
        });
    identity_has_key_ =
        std::any_of(policy.identities.begin(), policy.identities.end(), [](const auto& entry) {
          return entry.second.secrets.contains(OptionId::tls_key);
        });
  }

  // On each transport that the rule can match, for its options may differ.
  void check_rule(const Rule& rule) {
    Connection const connection = connection_of(policy_, rule);
    Levels const levels(connection);
    base::TransportSet const transports = transports_of(connection);
    for (base::Transport const transport : base::all_transports) {
      if (!transports.contains(transport))
        continue;
      ConnectionKind const kind = kind_of(connection, transport);
      check_encryption(rule, levels, kind);
      report_once(loss_before_reconnect(levels, kind));
      report_once(fast_fail_after_loss(levels, kind));
      report_once(keep_alive_off(levels, kind));
      check_give_up(rule, levels, transport);
    }
    if (wanted_.on_request)
      check_openness(rule, levels, transports);
  }

  // The properties of a target that hold with every rule that may decide it.
  void check_target(const Target& target) {
    if (!base::connect_option(OptionId::tls).transports.contains(target.transport))
      return;
    if (auto const contradiction =
            contradiction_in(Levels(target), target.transport, OtherSecrets::dhchap_secret)) {
      report(*contradiction);
      return;
    }
    auto const rules = rules_for(policy_, target);
    if (rules.empty()) {
      report_self_decided(target);
      return;
    }
    std::optional<Contradiction> first;
    const Rule* by = nullptr;
    for (const Rule* rule : rules) {
      auto const contradiction = contradiction_in(Levels(connection_of(policy_, *rule, target)),
                                                  target.transport, OtherSecrets::none);
      if (!contradiction)
        return;
      if (!first) {
        first = contradiction;
        by = rule;
      }
    }
    if (!first)
      return;
    if (diag::Finding* finding = report(*first))
      finding->notes.push_back(fmt::format("target `{}`, which rule `{}` decides, can never be "
                                           "connected this way",
                                           target.name, policy_.shown_name(*by)));
  }

private:
  // No rule can decide the target.
  void report_self_decided(const Target& target) {
    Rule const own = rule_of_target(target);
    auto const contradiction = contradiction_in(Levels(connection_of(policy_, own, target)),
                                                target.transport, OtherSecrets::none);
    if (!contradiction)
      return;
    if (diag::Finding* finding = report(*contradiction))
      finding->notes.push_back(
          fmt::format("target `{}` can never be connected this way", target.name));
  }

  // One finding for each place, however many rules lead to it.
  diag::Finding* report_once(std::uint16_t code, std::string message, const diag::Span& at) {
    auto const key = std::tuple(code, at.source.get(), at.start.line, at.start.column);
    if (!reported_.insert(key).second)
      return nullptr;
    return &sink_.add(code, std::move(message), at);
  }

  void report_once(const std::optional<OptionFinding>& found) {
    if (!found)
      return;
    if (diag::Finding* finding = report_once(found->code, found->message, found->at->span))
      finding->help = found->help;
  }

  void check_encryption(const Rule& rule, const Levels& levels, const ConnectionKind& kind) {
    bool const inherits_identity = !rule.identity;
    bool const may_have_secret = inherits_identity && identity_has_secret_;
    if (auto const contradiction =
            contradiction_in(levels, kind.transport,
                             may_have_secret ? OtherSecrets::dhchap_secret : OtherSecrets::none)) {
      if (!is_settled_by_targets(rule))
        report(*contradiction);
      return;
    }
    bool const may_have_key = inherits_identity && identity_has_key_;
    report_once(tls_without_key(levels, kind, may_have_key));
  }

  diag::Finding* report(const Contradiction& contradiction) {
    diag::Finding* finding = report_once(215, contradiction.message, contradiction.at->span);
    if (finding == nullptr)
      return nullptr;
    if (contradiction.with != nullptr)
      finding->spans.push_back({contradiction.with->span, contradiction.label, false});
    finding->help = contradiction.help;
    return finding;
  }

  // The rule decides nothing but targets, whose own settings come before the rule's.
  bool is_settled_by_targets(const Rule& rule) const {
    Situations const left = situations_of(rule.match, rule.applies_to);
    return events_in(left) == std::vector{base::EventKind::boot} &&
           std::any_of(policy_.targets.begin(), policy_.targets.end(), [&](const Target& target) {
             return holds_for(rule.match, rule.applies_to, target) != Holds::no;
           });
  }

  void check_give_up(const Rule& rule, const Levels& levels, base::Transport transport) {
    const OptionSetting* loss = levels.find(OptionId::ctrl_loss_tmo, transport);
    bool const ends =
        rule.retry.give_up_after && *rule.retry.give_up_after != base::infinite_duration;
    if (rule.action != Action::connect || !ends || number(loss) != -1)
      return;
    diag::Finding* finding = report_once(
        609, "`give-up-after` ends only the first connect, `ctrl-loss-tmo: infinity` never ends",
        rule.retry.places.at("give-up-after"));
    if (finding == nullptr)
      return;
    finding->spans.push_back({loss->span, "governs once it is connected", false});
    finding->help =
        "`retry` governs until the connection is made, `ctrl-loss-tmo` after it was lost";
  }

  // 505: any host that can answer at the address is believed.
  void check_openness(const Rule& rule, const Levels& levels, base::TransportSet transports) {
    bool const narrow =
        std::any_of(rule.match.all.begin(), rule.match.all.end(),
                    [](const Clause& clause) { return clause.key == MatchKey::subsystem_nqn; });
    bool const secured = std::all_of(
        base::all_transports.begin(), base::all_transports.end(), [&](base::Transport each) {
          return !transports.contains(each) ||
                 is_secret(levels.find(OptionId::dhchap_ctrl_secret, each)) ||
                 is_on(levels.find(OptionId::tls, each)) ||
                 is_on(levels.find(OptionId::concat, each));
        });
    if (rule.action == Action::connect && !narrow && !secured)
      sink_
          .add(505,
               fmt::format("rule `{}` connects any subsystem without authenticating it", rule.name),
               rule.span)
          .help = "name the subsystems, or set `tls`, `concat` or `dhchap-ctrl-secret`";
  }

  const Policy& policy_;
  const FindingOptions& wanted_;
  diag::Sink& sink_;
  bool identity_has_secret_ = false;
  bool identity_has_key_ = false;
  std::set<std::tuple<std::uint16_t, const diag::Source*, std::uint32_t, std::uint32_t>> reported_;
};

// Queue options never reach a discovery controller.
void check_discover_defaults(const File& file, diag::Sink& sink) {
  for (const auto& [key, setting] : file.discover_defaults)
    if (base::connect_option(key.option).queue_option)
      sink.add(212,
               fmt::format("`{}` does not apply to a discovery controller",
                           base::connect_option(key.option).name),
               setting.span)
          .help = "write it under `defaults.connect`";
}

} // namespace

void check_options(const Policy& policy, const FindingOptions& wanted, diag::Sink& sink) {
  for (const File& file : policy.files)
    check_discover_defaults(file, sink);
  OptionCheck check(policy, wanted, sink);
  for (const Rule& rule : policy.rules)
    check.check_rule(rule);
  for (const Target& target : policy.targets)
    check.check_target(target);
}

} // namespace nvmf::policy
