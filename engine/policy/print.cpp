#include "policy/print.hpp"

#include "policy/flatten.hpp"
#include "policy/pattern_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace nvmf::policy {

namespace {

std::string join(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

// A list of one is written as what it holds.
std::string one_or_list(const std::vector<std::string>& values) {
  return values.size() == 1 ? values.front() : fmt::format("[{}]", join(values));
}

std::string pattern_scalar(const Pattern& pattern) {
  std::string const text = to_text(pattern);
  const auto* range = std::get_if<NumberRange>(&pattern);
  return range != nullptr && range->first == range->last ? text : to_yaml_scalar(text);
}

std::string option_text(base::OptionId id, const base::OptionValue& value) {
  if (const auto* ref = std::get_if<base::SecretRef>(&value))
    return fmt::format("{{{}: {}}}", to_string(ref->kind), to_yaml_scalar(ref->name));
  if (const auto* text = std::get_if<std::string>(&value))
    return to_yaml_scalar(*text);
  return base::to_policy_text(id, value);
}

std::string options_map(const OptionSettings& settings) {
  std::vector<std::string> parts;
  for (const auto& [id, setting] : settings)
    parts.push_back(
        fmt::format("{}: {}", base::connect_option(id).name, option_text(id, setting.value)));
  return fmt::format("{{{}}}", join(parts));
}

// Key and value of each setting that is there.
std::vector<std::pair<std::string, std::string>> retry_entries(const RetrySettings& retry) {
  std::vector<std::pair<std::string, std::string>> parts;
  auto const add_duration = [&](std::string_view name, const std::optional<base::Duration>& value) {
    if (value)
      parts.emplace_back(name, base::format_duration(*value));
  };
  if (retry.attempts)
    parts.emplace_back("attempts", retry.attempts->count ? std::to_string(*retry.attempts->count)
                                                         : std::string("unlimited"));
  add_duration("first-delay", retry.first_delay);
  if (retry.factor)
    parts.emplace_back("factor", fmt::format("{}", *retry.factor));
  add_duration("max-delay", retry.max_delay);
  if (retry.jitter_percent)
    parts.emplace_back("jitter", fmt::format("{}%", *retry.jitter_percent));
  add_duration("give-up-after", retry.give_up_after);
  add_duration("slow-delay", retry.slow_delay);
  return parts;
}

class Printer {
public:
  Printer(const FlatPolicy& flat, Origins origins) : flat_(flat), origins_(origins) {}

  std::string run() {
    out_ = "version: 1\n";
    print_identities();
    print_defaults();
    print_sets();
    print_profiles();
    print_targets();
    print_guards();
    print_rules();
    print_boot();
    print_limits();
    return std::move(out_);
  }

private:
  void line(std::string_view text) { out_ += fmt::format("{}\n", text); }

  void heading(std::string_view name) { out_ += fmt::format("\n{}:\n", name); }

  void origin(const diag::Span& span, std::string_view indent) {
    if (origins_ == Origins::as_comments && span.source)
      out_ += fmt::format("{}# {}\n", indent, span.place());
  }

  static std::string text_or_file(const TextOrFile& value) {
    return value.is_file ? fmt::format("{{file: {}}}", to_yaml_scalar(value.text))
                         : to_yaml_scalar(value.text);
  }

  void print_identities() {
    if (flat_.identities.empty())
      return;
    heading("identities");
    for (const Identity& identity : flat_.identities) {
      origin(identity.span, "  ");
      line(fmt::format("  {}:", to_yaml_scalar(identity.name)));
      if (identity.hostnqn)
        line(fmt::format("    hostnqn: {}", text_or_file(*identity.hostnqn)));
      if (identity.hostid)
        line(fmt::format("    hostid: {}", text_or_file(*identity.hostid)));
      print_options(identity.secrets, "    ");
    }
  }

  // One option a line, each with the place it came from.
  void print_options(const OptionSettings& settings, std::string_view indent) {
    for (const auto& [id, setting] : settings) {
      std::string text = fmt::format("{}{}: {}", indent, base::connect_option(id).name,
                                     option_text(id, setting.value));
      if (origins_ == Origins::as_comments && setting.span.source)
        text += fmt::format("  # {}", setting.span.place());
      line(text);
    }
  }

  void print_connect(const OptionSettings& settings, std::string_view indent) {
    if (settings.empty())
      return;
    if (origins_ == Origins::leave_out) {
      line(fmt::format("{}connect: {}", indent, options_map(settings)));
      return;
    }
    line(fmt::format("{}connect:", indent));
    print_options(settings, std::string(indent) + "  ");
  }

  void print_retry(const RetrySettings& retry, std::string_view indent) {
    auto const entries = retry_entries(retry);
    if (entries.empty())
      return;
    if (origins_ == Origins::as_comments) {
      line(fmt::format("{}retry:", indent));
      for (const auto& [key, value] : entries) {
        auto const place = retry.places.find(key);
        line(fmt::format("{}  {}: {}{}", indent, key, value,
                         place == retry.places.end() ? "" : "  # " + place->second.place()));
      }
      return;
    }
    std::vector<std::string> parts;
    for (const auto& [key, value] : entries)
      parts.push_back(fmt::format("{}: {}", key, value));
    line(fmt::format("{}retry: {{{}}}", indent, join(parts)));
  }

  void print_defaults() {
    const File& main = flat_.defaults;
    if (main.connect_defaults.empty() && main.discover_defaults.empty() &&
        retry_entries(main.retry_defaults).empty())
      return;
    heading("defaults");
    print_connect(main.connect_defaults, "  ");
    if (!main.discover_defaults.empty()) {
      line("  discover:");
      print_options(main.discover_defaults, "    ");
    }
    print_retry(main.retry_defaults, "  ");
  }

  void print_sets() {
    if (flat_.sets.empty())
      return;
    heading("sets");
    for (const auto& [name, set] : flat_.sets) {
      origin(set->span, "  ");
      std::vector<std::string> values;
      for (const Pattern& pattern : set->values)
        values.push_back(pattern_scalar(pattern));
      line(fmt::format("  {}: {{{}: [{}]}}", to_yaml_scalar(name), to_string(set->kind),
                       join(values)));
    }
  }

  void print_profiles() {
    if (flat_.profiles.empty())
      return;
    heading("profiles");
    for (const auto& [name, profile] : flat_.profiles) {
      origin(profile->span, "  ");
      if (profile->connect.empty())
        line(fmt::format("  {}: {{}}", to_yaml_scalar(name)));
      else
        line(fmt::format("  {}:", to_yaml_scalar(name)));
      print_options(profile->connect, "    ");
    }
  }

  void print_names(std::string_view key, const std::vector<std::string>& names) {
    std::vector<std::string> texts;
    for (const std::string& name : names)
      texts.push_back(to_yaml_scalar(name));
    if (!texts.empty())
      line(fmt::format("    {}: [{}]", key, join(texts)));
  }

  void print_field(std::string_view key, const std::string& value) {
    if (!value.empty())
      line(fmt::format("    {}: {}", key, to_yaml_scalar(value)));
  }

  void print_targets() {
    if (flat_.targets.empty())
      return;
    heading("targets");
    for (const FlatTarget& each : flat_.targets) {
      const Target& target = each.target;
      origin(target.span, "  ");
      line(fmt::format("  - name: {}", to_yaml_scalar(target.name)));
      line(fmt::format("    transport: {}", to_string(target.transport)));
      if (target.traddr)
        print_field("traddr", target.traddr->to_string());
      if (target.trsvcid)
        line(fmt::format("    trsvcid: {}", *target.trsvcid));
      if (target.host_traddr)
        print_field("host-traddr", target.host_traddr->to_string());
      print_field("host-iface", target.host_iface);
      print_field("subsystem-nqn", target.subsystem_nqn);
      print_field("identity", target.identity.value_or(""));
      print_names("profiles", each.profiles);
      print_connect(target.connect, "    ");
      if (target.persistent)
        line(fmt::format("    persistent: {}", to_string(*target.persistent)));
    }
  }

  std::string condition(const FlatClause& clause) const {
    std::vector<std::string> values;
    for (const Pattern& pattern : clause.values)
      values.push_back(pattern_scalar(pattern));
    for (const std::string& set : clause.sets)
      values.push_back(fmt::format("\"@{}\"", set));
    return one_or_list(values);
  }

  // All properties stand in one `udev` map.
  std::string conditions(const std::vector<FlatClause>& clauses) const {
    std::vector<std::string> parts;
    std::vector<std::string> properties;
    for (const FlatClause& clause : clauses) {
      if (clause.key == MatchKey::udev)
        properties.push_back(
            fmt::format("{}: {}", to_yaml_scalar(clause.udev_property), condition(clause)));
      else
        parts.push_back(fmt::format("{}: {}", to_string(clause.key), condition(clause)));
    }
    if (!properties.empty())
      parts.push_back(fmt::format("udev: {{{}}}", join(properties)));
    return join(parts);
  }

  std::string match_text(const FlatMatch& match) const {
    if (match.any)
      return "{any: true}";
    std::string text = conditions(match.all);
    if (!match.none.empty())
      text += fmt::format("{}not: {{{}}}", text.empty() ? "" : ", ", conditions(match.none));
    return fmt::format("{{{}}}", text);
  }

  void print_guards() {
    if (flat_.guards.empty())
      return;
    heading("deny");
    for (const FlatGuard& each : flat_.guards) {
      origin(each.guard->span, "  ");
      line(fmt::format("  - name: {}", to_yaml_scalar(each.name)));
      line(fmt::format("    match: {}", match_text(each.match)));
      print_field("reason", each.guard->reason);
    }
  }

  void print_rules() {
    if (flat_.rules.empty())
      return;
    heading("rules");
    for (const FlatRule& each : flat_.rules)
      print_rule(each);
  }

  void print_rule(const FlatRule& each) {
    const Rule& rule = *each.rule;
    origin(rule.span, "  ");
    for (base::OptionId const id : each.raised)
      line(fmt::format(
          "  # not the same: in its file `{}` ranks below that of an inherited identity",
          base::connect_option(id).name));
    line(fmt::format("  - name: {}", to_yaml_scalar(each.name)));
    line(fmt::format("    match: {}", match_text(each.match)));
    line(fmt::format("    action: {}", to_string(rule.action)));
    print_field("identity", rule.identity.value_or(""));
    print_names("profiles", each.profiles);
    print_connect(each.connect, "    ");
    print_retry(each.retry, "    ");
    if (rule.persistent)
      line(fmt::format("    persistent: {}", to_string(*rule.persistent)));
    if (!rule.follow_referrals)
      line("    referrals: ignore");
    if (rule.host_side != HostSide::inherit)
      line(fmt::format("    host-side: {}", to_string(rule.host_side)));
    if (!rule.probe)
      line("    probe: false");
    if (rule.expect_paths)
      line(fmt::format("    expect-paths: {}", *rule.expect_paths));
  }

  void print_boot() {
    if (flat_.boot.wait_for.empty())
      return;
    heading("boot");
    std::vector<std::string> globs;
    for (const base::Glob& glob : flat_.boot.wait_for)
      globs.push_back(to_yaml_scalar(glob.pattern()));
    line(fmt::format("  wait-for: [{}]", join(globs)));
    line(fmt::format("  paths: {}", flat_.boot.paths));
    line(fmt::format("  timeout: {}", base::format_duration(flat_.boot.timeout)));
  }

  void print_limits() {
    heading("limits");
    line(fmt::format("  referral-depth: {}", flat_.limits.referral_depth));
    line(fmt::format("  log-entries: {}", flat_.limits.log_entries));
    line(fmt::format("  probe-timeout: {}", base::format_duration(flat_.limits.probe_timeout)));
    line(fmt::format("  probes-in-flight: {}", flat_.limits.probes_in_flight));
  }

  const FlatPolicy& flat_;
  Origins origins_;
  std::string out_;
};

} // namespace

std::string to_yaml(const Policy& policy, Origins origins) {
  return Printer(flatten(policy), origins).run();
}

} // namespace nvmf::policy
