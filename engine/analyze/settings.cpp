#include "analyze/settings.hpp"

#include "base/connect_option.hpp"
#include "policy/lookup.hpp"
#include "policy/situations.hpp"

#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

using base::OptionId;

constexpr std::string_view hostnqn_file = "/etc/nvme/hostnqn";
constexpr std::string_view hostid_file = "/etc/nvme/hostid";

// A rule, and the target that it accepts where one is meant.
struct SettingsSubject {
  const policy::Policy& policy;
  const policy::Rule& rule;
  const policy::Target* target = nullptr;
};

// A rule that inherits its identity is compared as `default`.
policy::Connection connection_of(const SettingsSubject& subject) {
  if (subject.target)
    return policy::connection_of(subject.policy, subject.rule, *subject.target);
  policy::Connection connection = policy::connection_of(subject.policy, subject.rule);
  auto const fallback = subject.policy.identities.find("default");
  if (!subject.rule.identity && fallback != subject.policy.identities.end())
    connection.identity = &fallback->second;
  return connection;
}

void add_options(const SettingsSubject& subject, Settings& settings) {
  for (const auto& [id, found] : policy::Levels(connection_of(subject)).all()) {
    bool const left_out =
        subject.target && base::is_left_out(id, subject.target->endpoint.transport);
    const base::OptionValue& value = found.setting->value;
    if (!left_out && !std::holds_alternative<base::KernelDefault>(value))
      settings.emplace(base::connect_option(id).name, base::to_policy_text(id, value));
  }
}

std::string shown(const std::optional<policy::TextOrFile>& text, std::string_view usual_file) {
  if (!text)
    return fmt::format("file {}", usual_file);
  return text->is_file ? fmt::format("file {}", text->text) : text->text;
}

void add_identity(const SettingsSubject& subject, Settings& settings) {
  const policy::Identity* identity = connection_of(subject).identity;
  std::string_view const inherited =
      subject.rule.identity || subject.target ? "" : "inherited, else ";
  auto const add = [&](std::string key, const std::optional<policy::TextOrFile>& text,
                       std::string_view file) {
    settings.emplace(std::move(key), fmt::format("{}{}", inherited, shown(text, file)));
  };
  add("hostnqn", identity ? identity->hostnqn : std::nullopt, hostnqn_file);
  add("hostid", identity ? identity->hostid : std::nullopt, hostid_file);
}

// What is not said is LANGUAGE's default, which is the same as saying it; but a rule may decide
// targets and what was discovered, which differ in when to give up.
void add_retry(const SettingsSubject& subject, Settings& settings) {
  policy::FoundRetry const found = policy::find_retry(connection_of(subject));
  auto const usual =
      policy::retry_texts(subject.target ? policy::retry_of_targets() : policy::Retry());
  auto const texts = policy::retry_texts(found.retry);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto const& [key, text] = texts[i];
    bool const departs = key == "give-up-after" && !subject.target ? found.places.contains(key)
                                                                   : texts[i] != usual[i];
    if (departs)
      settings.emplace(fmt::format("retry {}", key), text);
  }
}

// Only what departs from LANGUAGE's defaults for discovery controllers (persistent on tcp and rdma,
// not on fc and loop; a persistent one kept alive for 30s) on the transports in question: saying
// them is the same as leaving them out.
void add_persistence(const SettingsSubject& subject, Settings& settings) {
  using policy::Persistent;
  const policy::Rule& rule = subject.rule;
  auto const transports =
      subject.target ? base::TransportSet{subject.target->endpoint.transport}
                     : policy::transports_in(policy::situations_of(rule.match, rule.speaks_of));
  auto const said =
      subject.target && subject.target->persistent ? subject.target->persistent : rule.persistent;
  bool const ip = !(transports & policy::kept_by_default).empty();
  bool const other = (transports & policy::kept_by_default) != transports;
  bool const usual = (said == Persistent::yes && !other) || (said == Persistent::no && !ip);
  if (said && !usual)
    settings.emplace("persistent", policy::to_string(*said));
  auto const keep_alive = settings.find("keep-alive-tmo");
  std::string const usual_keep_alive =
      base::to_policy_text(OptionId::keep_alive_tmo, policy::keep_alive_when_kept);
  bool const kept = !other && (!said || said == Persistent::yes);
  if (kept && keep_alive != settings.end() && keep_alive->second == usual_keep_alive)
    settings.erase(keep_alive);
}

// A target keeps the host side that it names, and without one `inherit` and `any` leave it to the
// kernel; on fc it has every host port.
bool has_host_side(const SettingsSubject& subject) {
  policy::HostSide const side = subject.rule.host_side;
  if (!subject.target)
    return side != policy::HostSide::inherit;
  const policy::Target& target = *subject.target;
  bool const ip = target.endpoint.transport == base::Transport::tcp ||
                  target.endpoint.transport == base::Transport::rdma;
  return ip && side == policy::HostSide::same_subnet && !target.endpoint.host_traddr &&
         target.endpoint.host_iface.empty();
}

Settings all_settings(const SettingsSubject& subject) {
  const policy::Rule& rule = subject.rule;
  Settings settings;
  if (rule.action == policy::Action::ignore)
    return settings;
  add_options(subject, settings);
  add_identity(subject, settings);
  add_retry(subject, settings);
  if (rule.action == policy::Action::discover) {
    add_persistence(subject, settings);
    if (!rule.follow_referrals)
      settings.emplace("referrals", "ignore");
    return settings;
  }
  if (has_host_side(subject))
    settings.emplace("host-side", policy::to_string(rule.host_side));
  bool const probed = !subject.target || subject.target->endpoint.transport == base::Transport::tcp;
  if (!rule.probe && probed)
    settings.emplace("probe", "false");
  if (rule.expect_paths)
    settings.emplace("expect-paths", std::to_string(*rule.expect_paths));
  return settings;
}

} // namespace

Settings options_of(const policy::Policy& policy, const policy::Rule& rule) {
  Settings settings;
  if (rule.action != policy::Action::ignore)
    add_options({policy, rule}, settings);
  return settings;
}

Settings settings_of(const policy::Policy& policy, const policy::Rule& rule) {
  return all_settings({policy, rule});
}

Settings settings_of(const policy::Policy& policy, const policy::Rule& rule,
                     const policy::Target& target) {
  return all_settings({policy, rule, &target});
}

std::vector<SettingChange> changes(const Settings& before, const Settings& after) {
  std::vector<SettingChange> result;
  auto const value = [](const Settings& settings, const std::string& name) {
    auto const found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
  };
  for (const auto& [name, text] : before)
    if (text != value(after, name))
      result.push_back({name, text, value(after, name)});
  for (const auto& [name, text] : after)
    if (!before.contains(name))
      result.push_back({name, {}, text});
  return result;
}

} // namespace nvmf::analyze
