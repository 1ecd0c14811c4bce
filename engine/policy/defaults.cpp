#include "policy/defaults.hpp"

#include <fmt/format.h>
#include <map>

namespace nvmf::policy {

namespace {

std::string value_text(const std::optional<std::uint32_t>& attempts) {
  return attempts ? std::to_string(*attempts) : "unlimited";
}
std::string value_text(base::Duration duration) { return base::format_duration(duration); }
std::string value_text(double factor) { return fmt::format("{}", factor); }
std::string value_text(unsigned percent) { return fmt::format("{}%", percent); }

using DefaultTexts = std::map<std::pair<Section, std::string_view>, std::string>;

std::string in_backticks(std::string_view text) { return fmt::format("`{}`", text); }

void add_retry_defaults(DefaultTexts& texts) {
  for (auto const& [key, text] : retry_texts({}))
    texts[{Section::retry, key}] = in_backticks(text);
  texts[{Section::retry, "give-up-after"}] =
      fmt::format("`{}` for what was discovered, `{}` for targets",
                  base::format_duration(Retry{}.give_up_after),
                  base::format_duration(retry_of_targets().give_up_after));
}

void add_limits(DefaultTexts& texts) {
  Limits const limits;
  texts[{Section::limits, "referral-depth"}] = fmt::format("`{}`", limits.referral_depth);
  texts[{Section::limits, "log-entries"}] = fmt::format("`{}`", limits.log_entries);
  texts[{Section::limits, "probe-timeout"}] =
      in_backticks(base::format_duration(limits.probe_timeout));
  texts[{Section::limits, "probes-in-flight"}] = fmt::format("`{}`", limits.probes_in_flight);
}

std::string persistence_text() {
  std::string kept;
  std::string others;
  for (base::Transport const each : base::all_transports) {
    std::string& list = kept_by_default.contains(each) ? kept : others;
    list += fmt::format("{}{}", list.empty() ? "" : " and ", to_string(each));
  }
  return fmt::format("`true` for {}, `false` for {}", kept, others);
}

DefaultTexts all_texts() {
  DefaultTexts texts;
  add_retry_defaults(texts);
  add_limits(texts);
  BootWait const boot;
  texts[{Section::boot, "paths"}] = fmt::format("`{}`", boot.paths);
  texts[{Section::boot, "timeout"}] = in_backticks(base::format_duration(boot.timeout));
  texts[{Section::firmware, "nbft"}] = in_backticks(std::string(to_string(Policy().nbft)));
  texts[{Section::rule, "persistent"}] = persistence_text();
  return texts;
}

} // namespace

Retry retry_of_targets() {
  Retry retry;
  retry.give_up_after = base::infinite_duration;
  return retry;
}

std::vector<std::pair<std::string_view, std::string>> retry_texts(const Retry& retry) {
  std::vector<std::pair<std::string_view, std::string>> texts;
  for_each_retry_key([&](std::string_view key, auto /*said*/, auto member) {
    texts.emplace_back(key, value_text(retry.*member));
  });
  return texts;
}

std::string_view default_text(Section section, std::string_view key) {
  static const DefaultTexts texts = all_texts();
  auto const found = texts.find({section, key});
  return found != texts.end() ? std::string_view(found->second) : std::string_view();
}

} // namespace nvmf::policy
