// The settings of a connection for output: each with the level and the place that it comes from.
#pragma once

#include "diag/finding.hpp"
#include "policy/lookup.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::cli {

struct ShownSetting {
  std::string_view name;
  std::optional<base::Transport> only; // for one transport alone
  std::string value;  // as a policy writes it; `null`: left to the kernel on purpose
  std::string origin; // `rule prod-volumes`, `profile production`, `built-in`
  diag::Span span;    // of the value; empty for `built-in`
};

// As a policy writes it: `queue-size: 64`, `tcp: {ctrl-loss-tmo: infinity}`.
std::string to_text(const ShownSetting& setting);

// The settings of one map of options; `origin` is its owner.
std::vector<ShownSetting> shown_settings(const policy::OptionSettings& settings,
                                         const std::string& origin);
// The connect options that some level sets, `null` included, in the order of the option string: on
// the transports that the rule can match, or as the target's transport takes them.
std::vector<ShownSetting> shown_options(const policy::Connection& connection);
// Every key of `retry`.
std::vector<ShownSetting> shown_retry(const policy::Connection& connection);

} // namespace nvmf::cli
