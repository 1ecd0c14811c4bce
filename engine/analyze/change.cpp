#include "analyze/change.hpp"

namespace nvmf::analyze {

namespace {

enum class Verdict : std::uint8_t { connects, discovers, denies, ignores };

Verdict verdict(const Decider& decider) {
  if (decider.guard)
    return Verdict::denies;
  if (!decider.rule)
    return Verdict::ignores;
  switch (decider.rule->action) {
  case policy::Action::connect:
    return Verdict::connects;
  case policy::Action::discover:
    return Verdict::discovers;
  case policy::Action::ignore:
    return Verdict::ignores;
  }
  return Verdict::ignores;
}

Names names_of(const DecidingSide& side) { return names_below(*side.decider.rule, side.target); }

// The entries below are decided differently, for they have other names as their `source`. Names
// that one of the policies cannot distinguish mean the same to both of them: the differences over
// one set of names are found elsewhere.
bool names_differ_below(const DecidingSide& before, const DecidingSide& after) {
  bool const discover =
      verdict(before.decider) == Verdict::discovers && verdict(after.decider) == Verdict::discovers;
  if (!discover)
    return false;
  Names const old_names = names_of(before);
  Names const new_names = names_of(after);
  return old_names != new_names && !before.sources.alike(old_names, new_names) &&
         !after.sources.alike(old_names, new_names);
}

std::optional<ChangeKind> within(Verdict both, const DecidingSide& before,
                                 const DecidingSide& after, base::TransportSet transports) {
  switch (both) {
  case Verdict::connects:
  case Verdict::discovers:
    if (!settings_between(before, after, transports).empty())
      return ChangeKind::other_options;
    return std::nullopt;
  case Verdict::denies:
    if (before.decider.guard->name != after.decider.guard->name)
      return ChangeKind::other_guard;
    return std::nullopt;
  case Verdict::ignores:
    if ((before.decider.rule == nullptr) != (after.decider.rule == nullptr))
      return ChangeKind::other_reason;
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

std::optional<ChangeKind> change_of(const DecidingSide& before, const DecidingSide& after,
                                    base::TransportSet transports) {
  Verdict const old_verdict = verdict(before.decider);
  Verdict const new_verdict = verdict(after.decider);
  if (old_verdict == new_verdict)
    return within(old_verdict, before, after, transports);
  switch (new_verdict) {
  case Verdict::connects:
    return ChangeKind::newly_connected;
  case Verdict::discovers:
    return ChangeKind::newly_discovered;
  case Verdict::denies:
  case Verdict::ignores:
    break;
  }
  switch (old_verdict) {
  case Verdict::connects:
    return ChangeKind::no_longer_connected;
  case Verdict::discovers:
    return ChangeKind::no_longer_discovered;
  case Verdict::denies:
    return ChangeKind::no_longer_denied;
  case Verdict::ignores:
    return ChangeKind::newly_denied;
  }
  return std::nullopt;
}

std::vector<SettingChange> settings_between(const DecidingSide& before, const DecidingSide& after,
                                            base::TransportSet transports) {
  std::vector<SettingChange> result = changes(before.settings, after.settings, transports);
  if (names_differ_below(before, after))
    result.push_back(
        {"source", before.sources.shown(names_of(before)), after.sources.shown(names_of(after))});
  return result;
}

} // namespace nvmf::analyze
