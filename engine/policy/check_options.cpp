#include "policy/check_policy.hpp"
#include "policy/levels.hpp"
#include "policy/situations.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace nvmf::policy {

namespace {

using base::OptionId;

// The kernel's defaults (drivers/nvme/host/fabrics.h).
constexpr std::int64_t kernel_ctrl_loss_tmo = 600;
constexpr std::int64_t kernel_reconnect_delay = 10;

bool is_on(const OptionSetting* setting) {
  const bool* flag = setting != nullptr ? std::get_if<bool>(&setting->value) : nullptr;
  return flag != nullptr && *flag;
}

bool is_secret(const OptionSetting* setting) {
  return setting != nullptr && std::holds_alternative<base::SecretRef>(setting->value);
}

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
    const OptionSetting* tls = find_setting(levels, OptionId::tls);
    const OptionSetting* concat = find_setting(levels, OptionId::concat);
    bool const inherits_identity = !rule.identity;
    if (is_on(tls) && is_on(concat)) {
      if (diag::Finding* finding =
              report_once(215, "`tls` and `concat` exclude each other: both encrypt", *concat))
        finding->spans.push_back({tls->span, "`tls` is on here", false});
      return;
    }
    if (is_on(concat))
      check_concat(levels, *concat, inherits_identity);
    bool const may_have_key = is_secret(find_setting(levels, OptionId::tls_key)) ||
                              (inherits_identity && identity_has_key_);
    if (is_on(tls) && !may_have_key)
      if (diag::Finding* finding = report_once(506, "`tls` without `tls-key`", *tls))
        finding->help =
            "the kernel then looks for a key of both NQNs in its keyring; name the key, "
            "so that a missing one is noticed before the connect";
  }

  void check_concat(const std::vector<const OptionSettings*>& levels, const OptionSetting& concat,
                    bool inherits_identity) {
    if (const OptionSetting* key = find_setting(levels, OptionId::tls_key); is_secret(key)) {
      if (diag::Finding* finding =
              report_once(215, "`concat` and `tls-key` exclude each other", concat)) {
        finding->spans.push_back({key->span, "set here", false});
        finding->help = "`concat` agrees on a key with DH-HMAC-CHAP; it takes none";
      }
      return;
    }
    bool const may_have_secret = is_secret(find_setting(levels, OptionId::dhchap_secret)) ||
                                 (inherits_identity && identity_has_secret_);
    if (may_have_secret)
      return;
    if (diag::Finding* finding = report_once(215, "`concat` needs `dhchap-secret`", concat))
      finding->help = "the key is agreed on with DH-HMAC-CHAP";
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
}

} // namespace nvmf::policy
