#include "cli/names_text.hpp"
#include "cli/path_text.hpp"
#include "cli/status_compare.hpp"
#include "cli/status_report.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

using decide::Outcome;
using execute::PathRecord;
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

struct StatusLine {
  Style style = Style::plain;
  std::string_view state;
  std::string name;
  std::string address;
  std::string why;
};

StatusLine line_of(base::Subject subject, const plan::Tid& tid, const NqnNames& names) {
  const bool is_discovery = subject == base::Subject::discovery_controller;
  const base::Endpoint endpoint = tid.endpoint.value_or(base::Endpoint());
  StatusLine line{.name = is_discovery ? "discovery" : name_of(names, tid.subsystem_nqn),
                  .address = address_text(endpoint)};
  if (const auto via = host_side_text(endpoint); !via.empty())
    line.address += ' ' + via;
  return line;
}

std::vector<StatusLine> lines_of(const execute::State& state, base::Duration now,
                                 const NqnNames& names) {
  std::vector<StatusLine> lines;
  for (const PathRecord& path : state.paths) {
    StatusLine line = line_of(path.subject, path.tid, names);
    line.style = style_of(path.state);
    line.state = state_word(path);
    line.why = why_text(path, item_of(state, path), now);
    lines.push_back(std::move(line));
  }
  for (const plan::Item* const item : unconnected_items(state)) {
    StatusLine line = line_of(item->subject, item->tid, names);
    line.style = item->outcome == Outcome::denied ? Style::bad : Style::caution;
    line.state = to_string(item->outcome);
    line.why = why_text(*item);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string aligned(const std::vector<StatusLine>& lines, const Palette& palette) {
  std::size_t name_width = 0;
  std::size_t address_width = 0;
  for (const StatusLine& line : lines) {
    name_width = std::max(name_width, width(line.name));
    address_width = std::max(address_width, width(line.address));
  }
  std::string text;
  for (const StatusLine& line : lines) {
    std::string one =
        fmt::format("    {}  {}  {}  {}", palette.paint(line.style, padded(line.state, 10)),
                    padded(line.name, name_width), padded(line.address, address_width), line.why);
    text += one.erase(one.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string state_lines(const execute::State& state, base::Duration now, const NqnNames& names,
                        const Palette& palette) {
  std::string head = event_text(state.plan.event);
  head += fmt::format("  {}", to_string(state.phase));
  if (!state.why.empty())
    head += ": " + base::escaped(state.why);
  const execute::PathCount count = execute::count_paths(state);
  if (count.all > 0)
    head += fmt::format(", paths {} of {}", count.live, count.all);
  return head + '\n' + aligned(lines_of(state, now, names), palette);
}

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

std::string subsystem_lines(const StatusReport& report, const NqnNames& names,
                            const Palette& palette) {
  std::string text;
  for (const SubsystemPaths& one : report.subsystems) {
    const std::uint64_t wanted = std::max<std::uint64_t>(one.wanted, one.expected.value_or(0));
    text += fmt::format("  {}  paths {} of {}{}\n", name_of(names, one.nqn), one.live, wanted,
                        one.degraded() ? palette.paint(Style::bad, "  degraded") : "");
  }
  return text.empty() ? text : "\nsubsystems\n" + text;
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

std::string status_text(const StatusReport& report, const Screen& screen) {
  std::set<std::string> nqns;
  for (const SubsystemPaths& one : report.subsystems)
    nqns.insert(one.nqn);
  for (const execute::State& state : report.states)
    for (const plan::Item* const item : unconnected_items(state))
      nqns.insert(item->tid.subsystem_nqn);
  const Palette& palette = screen.palette;
  constexpr std::size_t narrow = 28;
  const NqnNames names = nqn_names(nqns, screen.columns ? std::optional(narrow) : std::nullopt);
  std::string text = policy_lines(report, palette);
  for (const execute::State& state : report.states)
    text += '\n' + state_lines(state, report.now, names, palette);
  text += subsystem_lines(report, names, palette);
  text += list_lines("requests that wait for their service", report.waiting);
  text += list_lines("requests that were given up, see the journal", report.failed);
  std::vector<std::string> damaged;
  for (const std::string& one : report.damaged)
    damaged.push_back(base::escaped(one));
  text += list_lines("state files that cannot be used", damaged);
  text += kept_away_lines(report);
  text += unlisted_lines(report);
  text += list_lines("others that connect on this host, too", report.orchestrators);
  text += foreign_lines(report);
  return text;
}

} // namespace nvmf::cli
