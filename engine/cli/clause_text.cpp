#include "cli/clause_text.hpp"

#include "base/wire_text.hpp"
#include "policy/pattern_text.hpp"

#include <fmt/format.h>

namespace nvmf::cli {

namespace {

constexpr std::size_t most_values = 3;

// Values that lie in what is wanted, rather than equal it.
bool is_in(policy::MatchKey key) {
  return key == policy::MatchKey::traddr || key == policy::MatchKey::host_traddr;
}

std::string present_text(const decide::ClauseTrace& trace, const std::string& seen) {
  const policy::Clause& clause = *trace.clause;
  const bool matched = trace.holds != trace.negated;
  const std::string wanted = wanted_text(clause);
  if (is_in(clause.key) || !clause.sets.empty())
    return fmt::format("{} {} is {}in {}", clause_name(trace), seen, matched ? "" : "not ", wanted);
  return matched ? fmt::format("{} `{}` is {}", clause_name(trace), seen, wanted)
                 : fmt::format("{} `{}`, wants {}", clause_name(trace), seen, wanted);
}

std::optional<std::string> seen_value(const policy::Clause& clause, const event::Event& event,
                                      const std::optional<std::string>& hostname) {
  if (clause.key != policy::MatchKey::udev)
    return decide::value_of(event, clause.key, hostname);
  const auto found = event.udev.find(clause.udev_property);
  if (found == event.udev.end())
    return std::nullopt;
  return found->second;
}

} // namespace

std::vector<std::string> written_values(const policy::Clause& clause) {
  std::vector<std::string> written;
  for (const policy::Pattern& value : clause.values) {
    const std::string text = policy::to_text(value);
    // A rule's full name comes first, then the one that was written.
    const bool repeats = clause.key == policy::MatchKey::source && !written.empty() &&
                         (written.back() == text || written.back().ends_with('/' + text));
    if (repeats)
      written.back() = text;
    else
      written.push_back(text);
  }
  return written;
}

std::string wanted_text(const policy::Clause& clause) {
  std::vector<std::string> words;
  for (const auto& set : clause.sets)
    words.push_back(fmt::format("@{} ({} entr{})", set->name, set->values.size(),
                                set->values.size() == 1 ? "y" : "ies"));
  const std::vector<std::string> written = written_values(clause);
  words.insert(words.end(), written.begin(), written.end());
  std::string text;
  const std::size_t shown = std::min(words.size(), most_values);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0)
      text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  if (words.size() > shown)
    text += fmt::format(" or {} more", words.size() - shown);
  return text;
}

std::string clause_name(const decide::ClauseTrace& trace) {
  std::string name(to_string(trace.clause->key));
  if (trace.clause->key == policy::MatchKey::udev)
    name += ' ' + trace.clause->udev_property;
  return name;
}

std::string clause_text(const decide::ClauseTrace& trace, const event::Event& event,
                        const std::optional<std::string>& hostname) {
  const std::string name = clause_name(trace);
  const auto seen = seen_value(*trace.clause, event, hostname);
  std::string text =
      seen ? present_text(trace, base::escaped(*seen)) : fmt::format("the event has no {}", name);
  return trace.negated ? "not: " + text : text;
}

} // namespace nvmf::cli
