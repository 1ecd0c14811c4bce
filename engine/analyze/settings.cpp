#include "analyze/settings.hpp"

#include "base/connect_option.hpp"
#include "policy/situations.hpp"

#include <fmt/format.h>

namespace nvmf::analyze {

namespace {

using base::OptionId;
using policy::OptionSettings;

constexpr std::string_view hostnqn_file = "/etc/nvme/hostnqn";
constexpr std::string_view hostid_file = "/etc/nvme/hostid";

// A rule, and the target that it accepts where one is meant.
struct SettingsSubject {
  const policy::Policy& policy;
  const policy::Rule& rule;
  const policy::Target* target = nullptr;
};

const policy::Identity* identity_of(const SettingsSubject& subject) {
  std::optional<std::string> name = subject.rule.identity;
  if (!name && subject.target)
    name = subject.target->identity;
  auto const found = subject.policy.identities.find(name.value_or("default"));
  return found == subject.policy.identities.end() ? nullptr : &found->second;
}

// The levels that set options, most specific first; only the first one that names an option counts.
std::vector<const OptionSettings*> levels(const SettingsSubject& subject) {
  std::vector<const OptionSettings*> result;
  auto const add = [&](const OptionSettings& own, const auto& profiles) {
    result.push_back(&own);
    for (const auto& profile : profiles)
      result.push_back(&profile->connect);
  };
  if (subject.target)
    add(subject.target->connect, subject.target->profiles);
  add(subject.rule.connect, subject.rule.profiles);
  if (const policy::Identity* identity = identity_of(subject))
    result.push_back(&identity->secrets);
  const policy::Policy& policy = subject.policy;
  bool const discover = subject.rule.action == policy::Action::discover;
  auto const defaults = [&](std::size_t file) {
    if (file < policy.files.size())
      result.push_back(discover ? &policy.files[file].discover_defaults
                                : &policy.files[file].connect_defaults);
  };
  defaults(subject.rule.file);
  if (policy.main_file)
    defaults(*policy.main_file);
  return result;
}

// What a path does not take is left out there, but for what makes it secure.
bool is_taken(const base::ConnectOption& option, const policy::Target* target) {
  return !target || option.transports.contains(target->transport) || option.id == OptionId::tls ||
         option.id == OptionId::tls_key || option.id == OptionId::concat;
}

void add_options(const SettingsSubject& subject, Settings& settings) {
  auto const all_levels = levels(subject);
  for (const base::ConnectOption& option : base::connect_options())
    for (const OptionSettings* level : all_levels) {
      auto const setting = level->find(option.id);
      if (setting == level->end() || !is_taken(option, subject.target))
        continue;
      if (!std::holds_alternative<base::KernelDefault>(setting->second.value))
        settings.emplace(option.name, base::to_policy_text(option.id, setting->second.value));
      break;
    }
}

std::string shown(const std::optional<policy::TextOrFile>& text, std::string_view usual_file) {
  if (!text)
    return fmt::format("file {}", usual_file);
  return text->is_file ? fmt::format("file {}", text->text) : text->text;
}

void add_identity(const SettingsSubject& subject, Settings& settings) {
  const policy::Identity* identity = identity_of(subject);
  std::string_view const inherited =
      subject.rule.identity || subject.target ? "" : "inherited, else ";
  auto const add = [&](std::string key, const std::optional<policy::TextOrFile>& text,
                       std::string_view file) {
    settings.emplace(std::move(key), fmt::format("{}{}", inherited, shown(text, file)));
  };
  add("hostnqn", identity ? identity->hostnqn : std::nullopt, hostnqn_file);
  add("hostid", identity ? identity->hostid : std::nullopt, hostid_file);
}

// The first level that has the member.
template <class Value>
std::optional<Value> first_set(const std::vector<const policy::RetrySettings*>& all_levels,
                               std::optional<Value> policy::RetrySettings::*member) {
  for (const policy::RetrySettings* level : all_levels)
    if (level->*member)
      return level->*member;
  return std::nullopt;
}

void add_retry(const SettingsSubject& subject, Settings& settings) {
  using policy::RetrySettings;
  const policy::Policy& policy = subject.policy;
  std::vector<const RetrySettings*> all_levels{&subject.rule.retry};
  if (subject.rule.file < policy.files.size())
    all_levels.push_back(&policy.files[subject.rule.file].retry_defaults);
  if (policy.main_file)
    all_levels.push_back(&policy.files[*policy.main_file].retry_defaults);
  // What is not said is LANGUAGE's default, which is the same as saying it.
  auto const attempts = first_set(all_levels, &RetrySettings::attempts);
  if (attempts && attempts->count)
    settings.emplace("retry attempts", std::to_string(*attempts->count));
  auto const delay = [&](std::string key, std::optional<base::Duration> RetrySettings::*member,
                         std::optional<base::Duration> usual) {
    if (auto const value = first_set(all_levels, member); value && value != usual)
      settings.emplace(std::move(key), base::format_duration(*value));
  };
  delay("retry first-delay", &RetrySettings::first_delay, std::chrono::seconds(1));
  delay("retry max-delay", &RetrySettings::max_delay, std::chrono::minutes(5));
  delay("retry slow-delay", &RetrySettings::slow_delay, std::chrono::minutes(5));
  // 72h for what was discovered, never for targets: a rule may speak of both.
  delay("retry give-up-after", &RetrySettings::give_up_after,
        subject.target ? std::optional(base::infinite_duration) : std::nullopt);
  if (auto const factor = first_set(all_levels, &RetrySettings::factor); factor && factor != 2.0)
    settings.emplace("retry factor", fmt::format("{}", *factor));
  if (auto const jitter = first_set(all_levels, &RetrySettings::jitter_percent);
      jitter && jitter != 20U)
    settings.emplace("retry jitter", fmt::format("{}%", *jitter));
}

// Only what departs from LANGUAGE's defaults for discovery controllers (persistent on tcp and rdma,
// not on fc and loop; a persistent one kept alive for 30s) on the transports in question: saying
// them is the same as leaving them out.
void add_persistence(const SettingsSubject& subject, Settings& settings) {
  using policy::Persistent;
  const policy::Rule& rule = subject.rule;
  auto const transports =
      subject.target ? base::TransportSet{subject.target->transport}
                     : policy::transports_in(policy::situations_of(rule.match, rule.speaks_of));
  auto const said =
      subject.target && subject.target->persistent ? subject.target->persistent : rule.persistent;
  bool const ip =
      transports.contains(base::Transport::tcp) || transports.contains(base::Transport::rdma);
  bool const other =
      transports.contains(base::Transport::fc) || transports.contains(base::Transport::loop);
  bool const usual = (said == Persistent::yes && !other) || (said == Persistent::no && !ip);
  if (said && !usual)
    settings.emplace("persistent", policy::to_string(*said));
  auto const keep_alive = settings.find("keep-alive-tmo");
  bool const kept = !other && (!said || said == Persistent::yes);
  if (kept && keep_alive != settings.end() && keep_alive->second == "30s")
    settings.erase(keep_alive);
}

// A target keeps the host side that it names, and without one `inherit` and `any` leave it to the
// kernel; on fc it has every host port.
bool has_host_side(const SettingsSubject& subject) {
  policy::HostSide const side = subject.rule.host_side;
  if (!subject.target)
    return side != policy::HostSide::inherit;
  const policy::Target& target = *subject.target;
  bool const ip =
      target.transport == base::Transport::tcp || target.transport == base::Transport::rdma;
  return ip && side == policy::HostSide::same_subnet && !target.host_traddr &&
         target.host_iface.empty();
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
  bool const probed = !subject.target || subject.target->transport == base::Transport::tcp;
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
