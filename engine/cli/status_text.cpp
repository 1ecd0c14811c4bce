#include "cli/names_text.hpp"
#include "cli/status_report.hpp"

#include "base/wire_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::cli {

namespace {

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

// Whole seconds, rounded up: "in 4s".
std::string in_text(base::Duration left) {
  using std::chrono::seconds;
  const auto whole = std::chrono::ceil<seconds>(std::max(left, base::Duration::zero()));
  return base::format_duration(whole);
}

std::string why_text(const PathRecord& path, base::Duration now) {
  if (path.state == PathState::live)
    return path.device;
  std::string text;
  if (path.next_try)
    text = fmt::format("try {} in {}", path.tries + 1, in_text(*path.next_try - now));
  if (!path.reason.empty())
    text += (text.empty() ? "" : ": ") + base::escaped(path.reason);
  return text;
}

std::string path_lines(const std::vector<PathRecord>& paths, base::Duration now,
                       const ShortNqns& names, const Palette& palette) {
  struct Line {
    std::string name;
    std::string address;
  };
  std::vector<Line> lines;
  std::size_t name_width = 0;
  std::size_t address_width = 0;
  for (const PathRecord& path : paths) {
    const bool is_discovery = path.subject == base::Subject::discovery_controller;
    std::string address = address_text(path.tid.traddr, path.tid.trsvcid);
    if (const auto via = host_side_text(path.tid.host_traddr, path.tid.host_iface); !via.empty())
      address += " via " + via;
    lines.push_back({is_discovery ? "discovery" : names.name(path.tid.subsystem_nqn), address});
    name_width = std::max(name_width, width(lines.back().name));
    address_width = std::max(address_width, width(address));
  }
  std::string text;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::string line =
        fmt::format("    {}  {}  {}  {}",
                    palette.paint(style_of(paths[i].state), padded(to_string(paths[i].state), 10)),
                    padded(lines[i].name, name_width), padded(lines[i].address, address_width),
                    why_text(paths[i], now));
    text += line.erase(line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string state_lines(const execute::State& state, base::Duration now, const ShortNqns& names,
                        const Palette& palette) {
  std::string head = event_text(state.plan.event);
  head += fmt::format("  {}", to_string(state.phase));
  if (!state.why.empty())
    head += ": " + base::escaped(state.why);
  const execute::PathCount count = execute::count_paths(state);
  if (count.all > 0)
    head += fmt::format(", paths {} of {}", count.live, count.all);
  return head + '\n' + path_lines(state.paths, now, names, palette);
}

std::string policy_lines(const StatusReport& report, const Palette& palette) {
  std::string text = "policy     ";
  if (report.policy_digest.empty())
    text += "none: nothing is connected\n";
  else
    text += fmt::format("{}…  {} file{}\n", report.policy_digest.substr(0, 13), report.policy_files,
                        report.policy_files == 1 ? "" : "s");
  if (report.last_good_stored)
    text += fmt::format("           the last good one, stored {}; the files are not used:\n",
                        policy::stored_text(*report.last_good_stored));
  if (!report.policy_problem.empty())
    text += "           " + palette.paint(Style::bad, report.policy_problem) + '\n';
  text += fmt::format("in charge  {}\n",
                      report.in_charge ? "yes" : "no: nvmf-policy.service is not active");
  return text;
}

std::string subsystem_lines(const StatusReport& report, const ShortNqns& names,
                            const Palette& palette) {
  std::string text;
  for (const SubsystemPaths& one : report.subsystems) {
    const std::uint64_t wanted = std::max<std::uint64_t>(one.wanted, one.expected.value_or(0));
    text += fmt::format("  {}  paths {} of {}{}\n", names.name(one.nqn), one.live, wanted,
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

std::string unlisted_lines(const StatusReport& report) {
  std::vector<std::string> lines;
  for (const decide::Controller& controller : report.unlisted)
    lines.push_back(fmt::format("{}  {}  {}", controller.device,
                                base::escaped(controller.subsystem_nqn),
                                address_text(controller.traddr, controller.trsvcid)));
  return list_lines("connected, but no discovery log lists it any more", lines);
}

} // namespace

std::string status_text(const StatusReport& report, const Palette& palette) {
  ShortNqns names;
  for (const SubsystemPaths& one : report.subsystems)
    names.add(one.nqn);
  std::string text = policy_lines(report, palette);
  for (const execute::State& state : report.states)
    text += '\n' + state_lines(state, report.now, names, palette);
  text += subsystem_lines(report, names, palette);
  text += list_lines("requests that wait for their service", report.waiting);
  text +=
      list_lines("requests that were given up after five starts without progress", report.failed);
  text += unlisted_lines(report);
  text += list_lines("others that connect on this host, too", report.orchestrators);
  return text;
}

} // namespace nvmf::cli
