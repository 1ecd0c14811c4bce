#include "policy/check_policy.hpp"
#include "policy/encryption.hpp"
#include "policy/levels.hpp"
#include "policy/situations.hpp"
#include "policy/target_match.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace nvmf::policy {

namespace {

using base::OptionId;

// The kernel's defaults (drivers/nvme/host/fabrics.h).
constexpr std::int64_t kernel_ctrl_loss_tmo = 600;
constexpr std::int64_t kernel_reconnect_delay = 10;

std::optional<std::int64_t> number(const OptionSetting* setting) {
  const std::int64_t* value =
      setting != nullptr ? std::get_if<std::int64_t>(&setting->value) : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::string seconds_text(std::int64_t seconds) {
  return base::format_duration(std::chrono::seconds(seconds));
}

// The rule can match one of these transports.
bool acts_on(const Rule& rule, base::TransportSet transports) {
  return !(transports_in(situations_of(rule.match, rule.speaks_of)) & transports).empty();
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

  void check_rule(const Rule& rule) {
    std::vector<const OptionSettings*> const levels = levels_of(policy_, rule);
    check_encryption(rule, levels);
    check_timers(rule, levels);
    check_keep_alive(rule, levels);
    check_give_up(rule, levels);
    if (wanted_.on_request)
      check_openness(rule, levels);
  }

  // What holds for a target whichever rule decides it.
  void check_target(const Target& target) {
    if (!base::connect_option(OptionId::tls).transports.contains(target.transport))
      return;
    if (auto const contradiction =
            contradiction_in(own_levels(target), OtherSecrets::dhchap_secret)) {
      report(*contradiction);
      return;
    }
    std::optional<Contradiction> first;
    const Rule* by = nullptr;
    for (const Rule* rule : rules_for(policy_, target)) {
      auto const contradiction =
          contradiction_in(levels_of(policy_, target, *rule), OtherSecrets::none);
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
                                           "connected so",
                                           target.name, policy_.shown_name(*by)));
  }

private:
  // One finding for each place, however many rules lead to it.
  diag::Finding* report_once(std::uint16_t code, std::string message, const OptionSetting& at) {
    auto const key =
        std::tuple(code, at.span.source.get(), at.span.start.line, at.span.start.column);
    if (!reported_.insert(key).second)
      return nullptr;
    return &sink_.add(code, std::move(message), at.span);
  }

  void check_encryption(const Rule& rule, const std::vector<const OptionSettings*>& levels) {
    bool const inherits_identity = !rule.identity;
    bool const may_have_secret = inherits_identity && identity_has_secret_;
    if (auto const contradiction = contradiction_in(
            levels, may_have_secret ? OtherSecrets::dhchap_secret : OtherSecrets::none)) {
      if (!is_settled_by_targets(rule))
        report(*contradiction);
      return;
    }
    const OptionSetting* tls = find_setting(levels, OptionId::tls);
    bool const may_have_key = is_secret(find_setting(levels, OptionId::tls_key)) ||
                              (inherits_identity && identity_has_key_);
    if (is_on(tls) && !may_have_key)
      if (diag::Finding* finding = report_once(506, "`tls` without `tls-key`", *tls))
        finding->help =
            "the kernel then looks for a key of both NQNs in its keyring; name the key, "
            "so that a missing one is noticed before the connect";
  }

  diag::Finding* report(const Contradiction& contradiction) {
    diag::Finding* finding = report_once(215, contradiction.message, *contradiction.at);
    if (finding == nullptr)
      return nullptr;
    if (contradiction.with != nullptr)
      finding->spans.push_back({contradiction.with->span, contradiction.label, false});
    finding->help = contradiction.help;
    return finding;
  }

  // The rule decides nothing but targets, whose own settings come before the rule's.
  bool is_settled_by_targets(const Rule& rule) const {
    Situations const left = situations_of(rule.match, rule.speaks_of);
    return events_in(left) == std::vector{base::EventKind::boot} &&
           std::any_of(policy_.targets.begin(), policy_.targets.end(), [&](const Target& target) {
             return holds_for(rule.match, rule.speaks_of, target) != Holds::no;
           });
  }

  void check_timers(const Rule& rule, const std::vector<const OptionSettings*>& levels) {
    const OptionSetting* loss = find_setting(levels, OptionId::ctrl_loss_tmo);
    const OptionSetting* delay = find_setting(levels, OptionId::reconnect_delay);
    const OptionSetting* fail = find_setting(levels, OptionId::fast_io_fail_tmo);
    std::int64_t const loss_time = number(loss).value_or(kernel_ctrl_loss_tmo);
    std::int64_t const delay_time = number(delay).value_or(kernel_reconnect_delay);
    const OptionSetting* shorter = number(loss) ? loss : delay;
    if (!acts_on(rule, base::connect_option(OptionId::ctrl_loss_tmo).transports))
      return;
    if (number(shorter) && loss_time >= 0 && loss_time < delay_time)
      if (diag::Finding* finding =
              report_once(605,
                          fmt::format("`ctrl-loss-tmo` ({}) is shorter than `reconnect-delay` ({})",
                                      seconds_text(loss_time), seconds_text(delay_time)),
                          *shorter))
        finding->help =
            "the kernel tries whole reconnect delays: once here, and not at all with `0s`";
    if (number(fail) && loss_time >= 0 && *number(fail) >= loss_time)
      if (diag::Finding* finding =
              report_once(606,
                          fmt::format("`fast-io-fail-tmo` ({}) is not below `ctrl-loss-tmo` ({})",
                                      seconds_text(*number(fail)), seconds_text(loss_time)),
                          *fail))
        finding->help = "the controller is gone before I/O would fail";
  }

  void check_keep_alive(const Rule& rule, const std::vector<const OptionSettings*>& levels) {
    const OptionSetting* keep_alive = find_setting(levels, OptionId::keep_alive_tmo);
    bool const stays_by_default = acts_on(rule, {base::Transport::tcp, base::Transport::rdma});
    bool const stays = rule.action == Action::connect ||
                       (rule.persistent ? *rule.persistent != Persistent::no : stays_by_default);
    if (rule.action == Action::ignore || !stays || number(keep_alive) != 0)
      return;
    if (diag::Finding* finding = report_once(607, "`keep-alive-tmo` is switched off", *keep_alive))
      finding->help =
          rule.action == Action::connect
              ? "a dead connection is then noticed only by I/O that fails"
              : "the target drops a persistent discovery controller without keep-alive, "
                "and its events";
  }

  void check_give_up(const Rule& rule, const std::vector<const OptionSettings*>& levels) {
    const OptionSetting* loss = find_setting(levels, OptionId::ctrl_loss_tmo);
    bool const ends =
        rule.retry.give_up_after && *rule.retry.give_up_after != base::infinite_duration;
    if (rule.action != Action::connect || !ends || number(loss) != -1)
      return;
    diag::Finding& finding = sink_.add(
        609, "`give-up-after` ends only the first connect, `ctrl-loss-tmo: infinity` never ends",
        rule.retry.places.at("give-up-after"));
    finding.spans.push_back({loss->span, "governs once it is connected", false});
    finding.help =
        "`retry` governs until the connection is made, `ctrl-loss-tmo` after it was lost";
  }

  // 505: whoever can answer at the address is believed.
  void check_openness(const Rule& rule, const std::vector<const OptionSettings*>& levels) {
    bool const narrow =
        std::any_of(rule.match.all.begin(), rule.match.all.end(),
                    [](const Clause& clause) { return clause.key == MatchKey::subsystem_nqn; });
    bool const secured = is_secret(find_setting(levels, OptionId::dhchap_ctrl_secret)) ||
                         is_on(find_setting(levels, OptionId::tls)) ||
                         is_on(find_setting(levels, OptionId::concat));
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

bool names_host_side(const Guard& guard) {
  auto const is_host_side = [](const Clause& clause) {
    return clause.key == MatchKey::host_iface || clause.key == MatchKey::host_traddr;
  };
  return std::any_of(guard.match.all.begin(), guard.match.all.end(), is_host_side) ||
         std::any_of(guard.match.none.begin(), guard.match.none.end(), is_host_side);
}

bool lists_event(const Clause& clause, base::EventKind kind) {
  return std::find(clause.values.begin(), clause.values.end(), Pattern(kind)) !=
         clause.values.end();
}

// Whether the match can hold for an I/O subsystem's event of this kind, as far as `event` and
// `source` tell: only entries of a discovery log have a source.
bool can_be(const Match& match, base::EventKind kind) {
  auto const allows = [kind](const Clause& clause) {
    if (clause.key == MatchKey::event)
      return lists_event(clause, kind);
    return clause.key != MatchKey::source || kind == base::EventKind::discovered;
  };
  auto const forbids = [kind](const Clause& clause) {
    return clause.key == MatchKey::event && lists_event(clause, kind);
  };
  return std::all_of(match.all.begin(), match.all.end(), allows) &&
         std::none_of(match.none.begin(), match.none.end(), forbids);
}

// Some event of an I/O subsystem can meet both.
bool can_meet(const Guard& guard, const Rule& rule) {
  constexpr std::array io_events{base::EventKind::discovered, base::EventKind::boot,
                                 base::EventKind::controller_lost};
  return guard.speaks_of.io_subsystems &&
         std::any_of(io_events.begin(), io_events.end(), [&](base::EventKind kind) {
           return can_be(guard.match, kind) && can_be(rule.match, kind);
         });
}

// Queue options never reach a discovery controller.
void check_discover_defaults(const File& file, diag::Sink& sink) {
  for (const auto& [id, setting] : file.discover_defaults)
    if (base::connect_option(id).queue_option)
      sink.add(212,
               fmt::format("`{}` has no meaning for a discovery controller",
                           base::connect_option(id).name),
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

void check_host_sides(const Policy& policy, diag::Sink& sink) {
  for (const Guard& guard : policy.guards) {
    if (!names_host_side(guard))
      continue;
    auto const free = std::find_if(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) {
      return rule.action == Action::connect && rule.host_side == HostSide::any &&
             can_meet(guard, rule);
    });
    if (free == policy.rules.end())
      continue;
    diag::Finding& finding =
        sink.add(608,
                 fmt::format("guard `{}` cannot see the host side that `{}` leaves to the kernel",
                             guard.name, free->name),
                 guard.span);
    finding.spans.push_back({free->span, "`host-side: any`", false});
    finding.help = "use `host-side: same-subnet` or `inherit` in that rule";
  }
}

} // namespace nvmf::policy
