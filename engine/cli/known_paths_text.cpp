#include "base/wire_text.hpp"
#include "cli/explanation.hpp"
#include "cli/fit_text.hpp"
#include "cli/known_paths.hpp"
#include "cli/names_text.hpp"
#include "cli/path_text.hpp"
#include "cli/status_compare.hpp"
#include "host/kept_away.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace nvmf::cli {

namespace {

using decide::Outcome;

std::string endpoint_words(const plan::Tid& tid) {
  if (!tid.endpoint)
    return "-";
  const std::string side = host_side_text(*tid.endpoint);
  return fmt::format("{} {}{}{}", to_string(tid.endpoint->transport), address_text(*tid.endpoint),
                     side.empty() ? "" : " ", side);
}

std::string listing_text(const Listing& listing) {
  std::string text = listing.entries ? "the log of " : "";
  if (!listing.target.empty())
    text += (listing.entries ? "" : "target ") + base::escaped(listing.target) + ", ";
  text += endpoint_words(listing.tid);
  if (!listing.entries)
    return listing.target.empty() ? "an event of its own, " + text : text;
  text += fmt::format(": {} {}", *listing.entries, *listing.entries == 1 ? "entry" : "entries");
  if (listing.age)
    text +=
        fmt::format(", read {} ago",
                    base::format_duration(std::chrono::floor<std::chrono::seconds>(*listing.age)));
  return text;
}

std::string decider_text(const plan::Item& item) {
  if (item.decided_by)
    return fmt::format("{} {}  {}{}{}", to_string(item.decided_by->kind), item.decided_by->name,
                       place_text(item.decided_by->path, item.decided_by->line),
                       item.outcome == Outcome::denied && !item.detail.empty() ? ": " : "",
                       item.outcome == Outcome::denied ? base::escaped(item.detail) : "");
  if (item.reason == decide::Reason::no_rule_matched || !item.reason)
    return item.closest.empty() ? "no rule matched" : "no rule matched; closest " + item.closest;
  return fmt::format("{}{}{}", to_string(*item.reason), item.detail.empty() ? "" : ": ",
                     base::escaped(item.detail));
}

std::string state_text(const KnownPath& one, const KnownPaths& known) {
  if (one.path) {
    const std::string why = why_text(*one.path, nullptr, known.now);
    return fmt::format("{}{}{}", state_word(*one.path), why.empty() ? "" : "  ", why);
  }
  if (one.is_kept_away)
    return host::kept_away_reason;
  if (!one.resume_source.empty())
    return "cancelled, with all of its discovery controller";
  if (!one.item.device.empty())
    return "connected as " + one.item.device;
  const bool is_wanted =
      one.item.outcome == Outcome::connect || one.item.outcome == Outcome::discover;
  if (!is_wanted)
    return "not tried";
  return known.in_charge ? "no service tries it: no event has requested it yet"
                         : "no service tries it: nvmf-policy.service is not active";
}

// `  this host: …`, further lines below its text.
std::string labelled(std::string_view label, std::string_view text, const Screen& screen) {
  constexpr std::size_t indent = 14;
  const std::string head = fmt::format("  {}", padded(label, indent - 2));
  return head + (screen.columns ? wrapped(text, indent, *screen.columns) : std::string(text)) +
         '\n';
}

std::string host_lines(const HostAnswer& answer, const Screen& screen) {
  std::string text;
  for (const std::string& line : host_answer_lines(answer))
    text += labelled(text.empty() ? "this host" : "", line, screen);
  return text;
}

std::string path_lines(const KnownPath& one, const KnownPaths& known, const Screen& screen) {
  std::string text = fmt::format("{}  {}  {}\n", outcome_word(one.item.outcome, screen.palette),
                                 one.item.subject == base::Subject::discovery_controller
                                     ? "discovery"
                                     : base::escaped(one.item.tid.subsystem_nqn),
                                 endpoint_words(one.item.tid));
  std::size_t count = 0;
  for (const Listing& listing : one.listed_by)
    text += labelled(count++ == 0 ? "listed by" : "", listing_text(listing), screen);
  if (count == 0)
    text += labelled("listed by", "no log and no target that is known here", screen);
  text += labelled("decided by", decider_text(one.item), screen);
  text += host_lines(one.host, screen);
  text += labelled("state", state_text(one, known), screen);
  // A command is never broken: it is there to be pasted.
  if (const std::string remedy = remedy_for(one, known.in_charge); !remedy.empty())
    text += labelled("to do", remedy, {});
  return text;
}

// Near names of one that nothing has, or the likely reason.
std::string unknown_lines(const KnownPaths& known, const std::string& name, const Screen& screen) {
  std::string text;
  if (known.nqns.contains(name))
    return text; // a log that counts no more has it, which is said below
  for (const std::string& nqn : near_nqns(known, name))
    text += labelled(text.empty() ? "near" : "", base::escaped(nqn), {});
  if (!text.empty())
    return text;
  if (base::Traddr::parse_any(name))
    return labelled("to do", "nvmf-policy show targets", {});
  return labelled("perhaps", "the array does not list it to the host NQN of this host", screen) +
         labelled("to do", "nvmf-policy identity", {});
}

} // namespace

std::string known_paths_text(const KnownPaths& known, const std::string& name,
                             const Screen& screen) {
  std::string text;
  for (const KnownPath& one : known.paths)
    text += (text.empty() ? "" : "\n") + path_lines(one, known, screen);
  if (known.paths.empty()) {
    text += fmt::format("UNKNOWN  {}\n", base::escaped(name));
    text += labelled("listed by", "no log, target, state or controller that is known here", screen);
    text += unknown_lines(known, name, screen);
  }
  if (!known.unknown.empty())
    text += "\nnot known:\n";
  for (const std::string& one : known.unknown)
    text += labelled("", one, screen);
  return text;
}

} // namespace nvmf::cli
