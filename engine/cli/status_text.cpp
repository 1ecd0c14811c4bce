#include "cli/fit_text.hpp"
#include "cli/names_text.hpp"
#include "cli/path_text.hpp"
#include "cli/remedy.hpp"
#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using execute::PathState;

Style style_of(PathState state) {
  switch (state) {
  case PathState::live:
    return Style::good;
  case PathState::given_up:
    return Style::bad;
  case PathState::pending:
  case PathState::waiting:
    return Style::caution;
  case PathState::probing:
  case PathState::connecting:
    break;
  }
  return Style::plain;
}

// One path for people.
struct StatusLine {
  Style style = Style::plain;
  std::string_view state;
  std::string name;
  std::string address;
  std::string why;
  std::string remedy; // a command
  std::string more;   // with `-v`: the rule and the options
};

// Blanks before the state, and before what belongs to the row above.
constexpr std::size_t row_indent = 4;
constexpr std::size_t state_width = 10;
constexpr std::size_t below_row = row_indent + state_width + 2;

class Writer {
public:
  Writer(const StatusReport& report, const StatusView& view)
      : report_(report), view_(view), palette_(view.screen.palette) {
    std::set<std::string> nqns;
    for (const SubsystemPaths& one : report.subsystems)
      nqns.insert(one.nqn);
    for (const execute::State& state : report.states)
      for (const plan::Item* const item : unconnected_items(state))
        nqns.insert(item->tid.subsystem_nqn);
    constexpr std::size_t narrow = 28;
    const bool is_short = view.screen.columns && !view.verbose;
    names_ = nqn_names(nqns, is_short ? std::optional(narrow) : std::nullopt);
  }

  // Rows of paths that are missing, refused, or cancelled or failed with all of their source.
  std::string problems() {
    std::string text;
    std::vector<StatusLine> lines;
    for (const execute::State& state : report_.states) {
      const bool is_cancelled = state.phase == execute::Phase::cancelled;
      if (is_cancelled || state.phase == execute::Phase::failed)
        text += source_line(state) + command_line(resume_command(state), row_indent + 2);
      if (!is_cancelled)
        add_missing(state, lines);
    }
    text += rows(lines);
    return text.empty() ? text : "\nproblems\n" + text;
  }

  // Host interface, portal, subsystem, device: everything that is connected, each once.
  std::string connections() {
    std::map<std::string, std::map<std::string, std::vector<StatusLine>>> by_interface;
    std::set<std::string> shown;
    for (const execute::State& state : report_.states)
      for (const execute::PathRecord& path : state.paths)
        if (path.state == PathState::live && !path.device.empty() &&
            shown.insert(path.device).second)
          add_connection(path, item_of(state, path), by_interface);
    std::string text;
    for (const auto& [interface, portals] : by_interface) {
      text += fmt::format("  {}\n", interface);
      for (const auto& [portal, lines] : portals)
        text += fmt::format("    {}\n", portal) + rows(lines, 2);
    }
    return text.empty() ? text : "\nconnections\n" + text;
  }

  std::string sources() {
    std::string text;
    std::vector<StatusLine> let_go;
    for (const execute::State& state : report_.states) {
      if (state.phase == execute::Phase::cancelled || state.phase == execute::Phase::failed)
        continue;
      text += source_line(state);
      for (const execute::PathRecord& path : state.paths)
        if (path.state == PathState::live && path.device.empty())
          let_go.push_back(line_of(path, item_of(state, path)));
    }
    text += rows(let_go);
    return text.empty() ? text : "\nsources\n" + text;
  }

  std::string denied() {
    std::vector<StatusLine> lines;
    for (const execute::State& state : report_.states)
      for (const plan::Item* const item : unconnected_items(state))
        if (item->outcome == Outcome::denied)
          lines.push_back(line_of(*item));
    return lines.empty() ? std::string() : "\ndenied by a guard\n" + rows(lines);
  }

  std::string subsystems() {
    std::vector<SubsystemPaths> sorted = report_.subsystems;
    std::stable_partition(sorted.begin(), sorted.end(),
                          [](const SubsystemPaths& one) { return one.degraded(); });
    std::string text;
    for (const SubsystemPaths& one : sorted) {
      const std::uint64_t wanted = std::max<std::uint64_t>(one.wanted, one.expected.value_or(0));
      text += fmt::format("  {}  paths {} of {}{}\n", name_of(names_, one.nqn), one.live, wanted,
                          one.degraded() ? palette_.paint(Style::bad, "  degraded") : "");
    }
    return text.empty() ? text : "\nsubsystems\n" + text;
  }

private:
  static std::string resume_command(const execute::State& state) {
    const event::Event& event = state.plan.event;
    return cli::resume_command(event.subject,
                               {.endpoint = event.endpoint, .subsystem_nqn = event.subsystem_nqn});
  }

  static std::string command_line(const std::string& command, std::size_t indent) {
    return command.empty() ? std::string()
                           : fmt::format("{}{}\n", std::string(indent, ' '), command);
  }

  std::string source_line(const execute::State& state) const {
    std::string head = event_text(state.plan.event);
    head += fmt::format("  {}", to_string(state.phase));
    if (!state.why.empty())
      head += ": " + base::escaped(state.why);
    const execute::PathCount count = execute::count_paths(state);
    if (count.all > 0)
      head += fmt::format(", paths {} of {}", count.live, count.all);
    return fmt::format("  {}\n", cut(head, 2));
  }

  void add_missing(const execute::State& state, std::vector<StatusLine>& lines) const {
    for (const execute::PathRecord& path : state.paths)
      if (path.state != PathState::live)
        lines.push_back(line_of(path, item_of(state, path)));
    for (const plan::Item* const item : unconnected_items(state))
      if (item->outcome == Outcome::refused)
        lines.push_back(line_of(*item));
  }

  void add_connection(
      const execute::PathRecord& path, const plan::Item* item,
      std::map<std::string, std::map<std::string, std::vector<StatusLine>>>& by_interface) const {
    StatusLine line = line_of(path, item);
    const auto found = report_.wiring.find(path.device);
    const Wiring wiring = found == report_.wiring.end() ? Wiring() : found->second;
    const base::Endpoint endpoint = path.tid.endpoint.value_or(base::Endpoint());
    std::string portal =
        fmt::format("{}  {}", line.address, endpoint.traddr ? to_string(endpoint.transport) : "");
    if (!wiring.source.empty() && !endpoint.host_traddr)
      portal += "  from " + base::escaped(wiring.source);
    line.address.clear();
    if (line.why != path.device)
      line.why = fmt::format("{}  {}", path.device, line.why);
    for (const std::string& device : wiring.namespaces)
      line.why += "  " + device;
    if (!wiring.options.empty())
      line.more += (line.more.empty() ? "" : "; ") + wiring.options;
    const std::string& named = endpoint.host_iface;
    const std::string interface = wiring.interface.empty() ? named : wiring.interface;
    by_interface[interface.empty() ? "interface not known" : base::escaped(interface)][portal]
        .push_back(std::move(line));
  }

  StatusLine line_of(base::Subject subject, const plan::Tid& tid) const {
    const bool is_discovery = subject == base::Subject::discovery_controller;
    const base::Endpoint endpoint = tid.endpoint.value_or(base::Endpoint());
    StatusLine line{.name = is_discovery ? "discovery" : name_of(names_, tid.subsystem_nqn),
                    .address = address_text(endpoint)};
    if (const auto via = host_side_text(endpoint); !via.empty())
      line.address += ' ' + via;
    return line;
  }

  StatusLine line_of(const execute::PathRecord& path, const plan::Item* item) const {
    StatusLine line = line_of(path.subject, path.tid);
    line.style = style_of(path.state);
    line.state = state_word(path);
    line.why = why_text(path, item, report_.now);
    line.remedy = remedy_for(path);
    if (!path.rule.empty())
      line.more = "rule " + base::escaped(path.rule);
    return line;
  }

  StatusLine line_of(const plan::Item& item) const {
    StatusLine line = line_of(item.subject, item.tid);
    line.style = item.outcome == Outcome::denied ? Style::bad : Style::caution;
    line.state = to_string(item.outcome);
    line.why = why_text(item);
    // A guard denies what it was written to deny: nothing is to be mended.
    if (item.outcome != Outcome::denied)
      line.remedy = remedy_for(item);
    return line;
  }

  // In a window no row is broken.
  std::string cut(const std::string& text, std::size_t before) const {
    constexpr std::size_t fewest = 12;
    const auto& columns = view_.screen.columns;
    return columns ? cut_behind_word(text, std::max(*columns, before + fewest) - before) : text;
  }

  bool fits(const std::string& text, std::size_t before) const {
    const auto& columns = view_.screen.columns;
    return !columns || before + width(text) <= *columns;
  }

  std::string rows(const std::vector<StatusLine>& lines, std::size_t deeper = 0) const {
    std::size_t name_width = 0;
    std::size_t address_width = 0;
    for (const StatusLine& line : lines) {
      name_width = std::max(name_width, width(line.name));
      address_width = std::max(address_width, width(line.address));
    }
    if (!view_.screen.columns)
      name_width = column_width(name_width);
    std::string text;
    for (const StatusLine& line : lines) {
      const std::string address =
          address_width == 0 ? std::string() : padded(line.address, address_width) + "  ";
      const std::size_t used =
          below_row + deeper + name_width + 2 + (address_width == 0 ? 0 : address_width + 2);
      std::string one = fmt::format("{}{}  {}  {}{}", std::string(row_indent + deeper, ' '),
                                    palette_.paint(line.style, padded(line.state, state_width)),
                                    padded(line.name, name_width), address,
                                    fits(line.why, used) ? line.why : std::string());
      text += one.erase(one.find_last_not_of(' ') + 1) + '\n';
      // A reason is read whole: below, where there is no room for it.
      if (!fits(line.why, used))
        text += std::string(below_row + deeper, ' ') +
                fitted_words(line.why, below_row + deeper, *view_.screen.columns) + '\n';
      // A command is there to be pasted: it is never cut.
      text += command_line(line.remedy, below_row + deeper);
      if (view_.verbose)
        text += command_line(line.more, below_row + deeper);
    }
    return text;
  }

  const StatusReport& report_;
  const StatusView& view_;
  const Palette& palette_;
  NqnNames names_;
};

std::string policy_lines(const StatusReport& report, const Palette& palette) {
  std::string text = "policy     ";
  if (report.policy_digest.empty())
    text += "none: nothing is connected\n";
  else
    text += fmt::format(
        "{}…  {} file{}{}\n", report.policy_digest.substr(0, 13), report.policy_files,
        report.policy_files == 1 ? "" : "s",
        report.policy_changed ? ", changed " + load::stored_text(*report.policy_changed) : "");
  if (report.last_good_stored)
    text += fmt::format("           the last good one, stored {}; the files are not used:\n",
                        load::stored_text(*report.last_good_stored));
  if (!report.policy_problem.empty())
    text += "           " + palette.paint(Style::bad, report.policy_problem) + '\n';
  text += fmt::format("in charge  {}\n",
                      report.in_charge ? "yes" : "no: nvmf-policy.service is not active");
  return text;
}

std::string list_lines(std::string_view title, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += fmt::format("  {}\n", line);
  return text.empty() ? text : fmt::format("\n{}\n{}", title, text);
}

std::string kept_away_lines(const StatusReport& report) {
  std::vector<std::string> lines;
  for (const event::Event& event : report.kept_away)
    lines.push_back(fmt::format("{}  {}  {}", base::escaped(event.subsystem_nqn),
                                address_text(event.endpoint), host::kept_away_reason));
  return list_lines("kept away until `nvmf-policy resume`", lines);
}

std::string unlisted_lines(const StatusReport& report) {
  std::vector<std::string> lines;
  for (const decide::Controller& controller : report.unlisted)
    lines.push_back(fmt::format("{}  {}  {}", controller.device,
                                base::escaped(controller.subsystem_nqn),
                                address_text(controller.endpoint)));
  return list_lines("connected, but no discovery log lists it any more", lines);
}

std::string foreign_lines(const StatusReport& report) {
  std::vector<std::string> lines;
  for (const host::ForeignConnect& one : report.foreign_connects)
    lines.push_back(fmt::format("{}:{}", base::escaped(one.path), one.line));
  return list_lines("rules and services that run `nvme connect` past the policy", lines);
}

} // namespace

std::string status_text(const StatusReport& report, const StatusView& view) {
  Writer writer(report, view);
  std::string text = policy_lines(report, view.screen.palette);
  text += writer.problems();
  text += list_lines("requests that were given up, see the journal", report.failed);
  std::vector<std::string> damaged;
  for (const std::string& one : report.damaged)
    damaged.push_back(base::escaped(one));
  text += list_lines("state files that cannot be used", damaged);
  text += list_lines("requests that wait for their service", report.waiting);
  text += kept_away_lines(report);
  text += writer.subsystems();
  text += writer.connections();
  text += writer.sources();
  text += writer.denied();
  text += unlisted_lines(report);
  text += list_lines("others that connect on this host, too", report.orchestrators);
  text += foreign_lines(report);
  return text;
}

} // namespace nvmf::cli
