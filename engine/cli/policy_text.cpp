#include "cli/policy_text.hpp"

#include "base/nearest.hpp"
#include "cli/clause_text.hpp"
#include "cli/fit_text.hpp"
#include "cli/names_text.hpp"
#include "cli/plan_text.hpp"
#include "cli/shown_settings.hpp"
#include "cli/terminal.hpp"
#include "policy/pattern_text.hpp"
#include "policy/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace nvmf::cli {

namespace {

// Lines of cells, the columns as wide as their widest cell. Where they do not fit the window, names
// are shortened until the last column has room, which then takes several lines.
class Table {
public:
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  std::string text(std::size_t indent, std::optional<std::size_t> columns) const {
    std::vector<std::size_t> widths = natural_widths();
    if (!columns)
      std::transform(widths.begin(), widths.end(), widths.begin(), column_width);
    const std::size_t before_last = columns ? shrink(widths, indent, *columns) : 0;
    std::string text;
    for (const auto& row : rows_) {
      std::string line(indent, ' ');
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool is_last = columns && i + 1 == widths.size();
        line += (i == 0 ? "" : "  ") +
                (is_last ? fitted_words(row[i], before_last, *columns)
                         : padded(columns ? shortened(row[i], widths[i]) : row[i], widths[i]));
      }
      text += line.erase(line.find_last_not_of(' ') + 1) + '\n';
    }
    return text;
  }

private:
  std::vector<std::size_t> natural_widths() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i) {
        widths.resize(std::max(widths.size(), i + 1));
        widths[i] = std::max(widths[i], width(row[i]));
      }
    return widths;
  }

  // Makes room for the last column; returns where it begins.
  static std::size_t shrink(std::vector<std::size_t>& widths, std::size_t indent,
                            std::size_t columns) {
    constexpr std::size_t least_room = 28; // of the last column
    constexpr std::size_t least = 12;      // of a column that is shortened
    if (widths.empty())
      return indent;
    const auto last = widths.end() - 1;
    std::size_t before_last = std::accumulate(widths.begin(), last, indent) +
                              2 * static_cast<std::size_t>(last - widths.begin());
    const std::size_t room = std::min(least_room, *last);
    while (before_last + room > columns) {
      const auto widest = std::max_element(widths.begin(), last);
      if (widest == last || *widest <= least)
        break;
      --*widest;
      --before_last;
    }
    return before_last;
  }

  std::vector<std::vector<std::string>> rows_;
};

std::string state_text(const load::ConsideredFile& file) {
  switch (file.state) {
  case load::FileState::read:
    return "read";
  case load::FileState::masked:
    return file.detail.empty() ? "masks later files of this name"
                               : "not read: masked by " + file.detail;
  case load::FileState::shadowed:
    return "not read: " + file.detail + " has its name";
  case load::FileState::not_read:
    return "not read" + (file.detail.empty() ? "" : ": " + file.detail);
  }
  return {};
}

std::string clause_entry(const policy::Clause& clause) {
  std::string key(to_string(clause.key));
  if (clause.key == policy::MatchKey::udev)
    key += ' ' + clause.udev_property;
  std::string values;
  for (const auto& set : clause.sets)
    values += (values.empty() ? "@" : ", @") + set->name;
  const std::vector<std::string> written = written_values(clause);
  for (const std::string& value : written)
    values += (values.empty() ? "" : ", ") + value;
  const bool is_list = clause.sets.size() + written.size() > 1;
  return is_list ? fmt::format("{}: [{}]", key, values) : fmt::format("{}: {}", key, values);
}

std::string options_text(const policy::Connection& connection, Origins origins) {
  Table table;
  const std::vector<ShownSetting> options = shown_options(connection);
  for (const ShownSetting& option : options) {
    std::vector<std::string> cells{to_text(option)};
    if (origins == Origins::shown)
      cells.push_back(fmt::format("{}  {}", option.value == "null" ? "the kernel's" : option.origin,
                                  option.span.place()));
    table.add(std::move(cells));
  }
  return options.empty() ? "    (the kernel's defaults)\n" : table.text(4, std::nullopt);
}

// Each setting and its place; a default has no place.
std::string retry_settings_text(const policy::Connection& connection) {
  Table table;
  for (const ShownSetting& setting : shown_retry(connection))
    table.add({to_text(setting), setting.span.source ? setting.span.place() : "built in"});
  return table.text(4, std::nullopt);
}

std::string behaviour_text(const policy::Rule& rule) {
  std::string text;
  if (rule.identity)
    text += fmt::format("  identity: {}\n", *rule.identity);
  if (rule.action == policy::Action::discover) {
    if (rule.persistent)
      text += fmt::format("  persistent: {}\n", to_string(*rule.persistent));
    if (rule.poll)
      text += fmt::format("  poll: {}\n", policy::poll_text(*rule.poll));
    text += fmt::format("  referrals: {}\n", rule.follow_referrals ? "follow" : "ignore");
  }
  if (rule.action == policy::Action::connect) {
    text += fmt::format("  host-side: {}\n", to_string(rule.host_side));
    if (!rule.probe)
      text += "  probe: false\n";
    if (rule.expect_paths)
      text += fmt::format("  expect-paths: {}\n", *rule.expect_paths);
  }
  return text;
}

} // namespace

std::string files_text(const load::Loaded& loaded, std::optional<std::size_t> columns) {
  if (loaded.files.empty())
    return fmt::format("no policy files: neither {} nor a drop-in\n", load::main_path);
  Table table;
  std::size_t number = 0;
  for (const load::ConsideredFile& file : loaded.files) {
    const bool is_read = file.state == load::FileState::read;
    table.add({is_read ? std::to_string(++number) : "-", file.path, state_text(file)});
  }
  std::string text = table.text(0, columns);
  if (loaded.policy)
    text += "digest " + loaded.policy->digest + '\n';
  return text;
}

std::string match_text(const policy::Match& match) {
  if (match.any)
    return "any: true";
  std::string text;
  for (const policy::Clause& clause : match.all)
    text += (text.empty() ? "" : ", ") + clause_entry(clause);
  for (const policy::Clause& clause : match.none)
    text += (text.empty() ? "not " : ", not ") + clause_entry(clause);
  return text;
}

std::string rules_text(const policy::Policy& policy, std::optional<std::size_t> columns) {
  Table table;
  for (const policy::Guard& guard : policy.guards)
    table.add({"guard", policy.shown_name(guard), "deny", place_text(guard.span),
               match_text(guard.match)});
  std::size_t number = 0;
  for (const policy::Rule& rule : policy.rules)
    table.add({fmt::format("rule {}", ++number), policy.shown_name(rule),
               std::string(to_string(rule.action)), place_text(rule.span), match_text(rule.match)});
  return policy.rules.empty() && policy.guards.empty() ? "no rules\n" : table.text(0, columns);
}

std::string sets_text(const policy::Policy& policy) {
  std::string text;
  for (const auto& set : policy.sets) {
    text += fmt::format("{}  {}  {}\n", set->name, to_string(set->kind), place_text(set->span));
    for (const policy::Pattern& value : set->values)
      text += "    " + policy::to_text(value) + '\n';
  }
  return text.empty() ? "no sets\n" : text;
}

std::string settings_text(const policy::OptionSettings& settings, std::size_t indent,
                          Origins origins) {
  Table table;
  for (const ShownSetting& setting : shown_settings(settings, {})) {
    std::vector<std::string> cells{to_text(setting)};
    if (origins == Origins::shown)
      cells.push_back(setting.span.place());
    table.add(std::move(cells));
  }
  return table.text(indent, std::nullopt);
}

std::string profiles_text(const policy::Policy& policy, Origins origins) {
  std::string text;
  for (const auto& profile : policy.profiles)
    text += fmt::format("{}  {}\n", profile->name, place_text(profile->span)) +
            settings_text(profile->connect, 4, origins);
  return text.empty() ? "no profiles\n" : text;
}

std::string rule_text(const policy::Policy& policy, const policy::Rule& rule, Origins origins) {
  std::string text = fmt::format("rule {}  {}\n  match: {}\n  action: {}\n", rule.full_name,
                                 rule.span.place(), match_text(rule.match), to_string(rule.action));
  if (rule.action == policy::Action::ignore)
    return text;
  text += behaviour_text(rule);
  return text + connection_text(policy::connection_of(policy, rule), origins);
}

std::string connection_text(const policy::Connection& connection, Origins origins) {
  std::string text = "  connect:\n" + options_text(connection, origins);
  text += "  retry: " + retry_text(policy::find_retry(connection).retry) + '\n';
  return origins == Origins::shown ? text + retry_settings_text(connection) : text;
}

std::vector<const policy::Rule*> rules_named(const policy::Policy& policy,
                                             const std::string& name) {
  std::vector<const policy::Rule*> found;
  for (const policy::Rule& rule : policy.rules)
    if (rule.name == name || rule.full_name == name)
      found.push_back(&rule);
  return found;
}

std::optional<std::string> nearest_rule(const policy::Policy& policy, const std::string& name) {
  std::vector<std::string> names;
  for (const policy::Rule& rule : policy.rules)
    names.push_back(policy.shown_name(rule));
  return base::nearest(name, names);
}

} // namespace nvmf::cli
