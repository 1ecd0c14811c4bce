#include "policy/option_findings.hpp"

#include "policy/encryption.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

using base::OptionId;

// The kernel's defaults (drivers/nvme/host/fabrics.h).
constexpr std::int64_t kernel_ctrl_loss_tmo = 600;
constexpr std::int64_t kernel_reconnect_delay = 10;

std::string seconds_text(std::int64_t seconds) {
  return base::format_duration(std::chrono::seconds(seconds));
}

bool takes(OptionId id, const ConnectionKind& kind) {
  return base::connect_option(id).transports.contains(kind.transport);
}

} // namespace

std::optional<OptionFinding> loss_before_reconnect(const Levels& levels,
                                                   const ConnectionKind& kind) {
  const OptionSetting* loss = levels.find(OptionId::ctrl_loss_tmo, kind.transport);
  const OptionSetting* delay = levels.find(OptionId::reconnect_delay, kind.transport);
  std::int64_t const loss_time = number(loss).value_or(kernel_ctrl_loss_tmo);
  std::int64_t const delay_time = number(delay).value_or(kernel_reconnect_delay);
  const OptionSetting* shorter = number(loss) ? loss : delay;
  if (!takes(OptionId::ctrl_loss_tmo, kind) || !number(shorter) || loss_time < 0 ||
      loss_time >= delay_time)
    return std::nullopt;
  return OptionFinding{
      .code = 605,
      .message = fmt::format("`ctrl-loss-tmo` ({}) is shorter than `reconnect-delay` ({})",
                             seconds_text(loss_time), seconds_text(delay_time)),
      .help = "the kernel tries whole reconnect delays: once here, and not at all with `0s`",
      .at = shorter};
}

std::optional<OptionFinding> fast_fail_after_loss(const Levels& levels,
                                                  const ConnectionKind& kind) {
  const OptionSetting* fail = levels.find(OptionId::fast_io_fail_tmo, kind.transport);
  std::int64_t const loss_time =
      number(levels.find(OptionId::ctrl_loss_tmo, kind.transport)).value_or(kernel_ctrl_loss_tmo);
  if (!takes(OptionId::ctrl_loss_tmo, kind) || !number(fail) || loss_time < 0 ||
      *number(fail) < loss_time)
    return std::nullopt;
  return OptionFinding{.code = 606,
                       .message =
                           fmt::format("`fast-io-fail-tmo` ({}) is not below `ctrl-loss-tmo` ({})",
                                       seconds_text(*number(fail)), seconds_text(loss_time)),
                       .help = "the controller is gone before I/O would fail",
                       .at = fail};
}

std::optional<OptionFinding> keep_alive_off(const Levels& levels, const ConnectionKind& kind) {
  const OptionSetting* keep_alive = levels.find(OptionId::keep_alive_tmo, kind.transport);
  if (!kind.stays || number(keep_alive) != 0)
    return std::nullopt;
  return OptionFinding{.code = 607,
                       .message = "`keep-alive-tmo` is switched off",
                       .help = kind.subject == base::Subject::io_subsystem
                                   ? "a dead connection is then noticed only by I/O that fails"
                                   : "the target drops a persistent discovery controller without "
                                     "keep-alive, and its events",
                       .at = keep_alive};
}

std::optional<OptionFinding> tls_without_key(const Levels& levels, const ConnectionKind& kind,
                                             bool has_key) {
  const OptionSetting* tls = levels.find(OptionId::tls, kind.transport);
  const OptionSetting* key = levels.find(OptionId::tls_key, kind.transport);
  bool const names_key = key != nullptr && std::holds_alternative<base::SecretRef>(key->value);
  if (!takes(OptionId::tls, kind) || !is_on(tls) || names_key || has_key)
    return std::nullopt;
  return OptionFinding{.code = 506,
                       .message = "`tls` without `tls-key`",
                       .help = "the kernel then looks for a key of both NQNs in its keyring; name "
                               "the key, so that a missing one is noticed before the connect",
                       .at = tls};
}

} // namespace nvmf::policy
