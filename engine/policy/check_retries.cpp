#include "policy/check_policy.hpp"
#include "policy/lookup.hpp"
#include "policy/target_match.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::policy {

namespace {

constexpr std::uint32_t many_attempts = 10;

// The settings of one place (a rule or a file's defaults) and what they come to.
struct RetrySubject {
  const RetrySettings& own;
  FoundRetry found;
};

bool says(const RetrySubject& subject, std::string_view key) {
  return subject.own.places.contains(std::string(key));
}

const diag::Span& place(const RetrySubject& subject, std::string_view key) {
  return subject.found.places.at(key).span;
}

bool tries_often(const Retry& retry) { return !retry.attempts || *retry.attempts >= many_attempts; }

void check_delays(const RetrySubject& subject, diag::Sink& sink) {
  if (!says(subject, "first-delay") && !says(subject, "max-delay"))
    return;
  base::Duration const first = subject.found.retry.first_delay;
  base::Duration const most = subject.found.retry.max_delay;
  if (most >= first)
    return;
  bool const own_most = says(subject, "max-delay");
  sink.add(603,
           fmt::format("`max-delay` ({}) is below `first-delay` ({})", base::format_duration(most),
                       base::format_duration(first)),
           place(subject, own_most ? "max-delay" : "first-delay"));
}

void check_growth(const RetrySubject& subject, diag::Sink& sink) {
  if (!tries_often(subject.found.retry))
    return;
  if (says(subject, "factor") && *subject.own.factor <= 1)
    sink.add(602, "`factor: 1`: the waits never grow", place(subject, "factor")).help =
        "a target that is away for long is asked all the time";
  if (says(subject, "jitter") && *subject.own.jitter_percent == 0)
    sink.add(602, "`jitter: 0%`: hosts that lost a target together come back together",
             place(subject, "jitter"));
}

// Shortest time that `attempts` attempts take; stops counting once it exceeds `limit`.
double shortest_ms(const Retry& retry, std::uint32_t attempts, double limit) {
  double wait = static_cast<double>(retry.first_delay.count());
  double const most = static_cast<double>(retry.max_delay.count());
  double const shrink = 1.0 - retry.jitter_percent / 100.0;
  if (shrink <= 0)
    return 0;
  double sum = 0;
  for (std::uint32_t i = 1; i < attempts && sum <= limit; ++i) {
    double const waited = std::min(wait, most) * shrink;
    if (wait >= most) // from here on it grows evenly
      return sum + waited * (attempts - i);
    sum += waited;
    wait *= retry.factor;
    if (retry.factor <= 1)
      return sum + waited * (attempts - i - 1);
  }
  return sum;
}

// Two limits in one place, of which one always comes first.
void check_limits(const RetrySubject& subject, diag::Sink& sink) {
  if (!says(subject, "attempts") || !says(subject, "give-up-after"))
    return;
  const auto& attempts = subject.own.attempts->count;
  base::Duration const end = *subject.own.give_up_after;
  if (!attempts || end == base::infinite_duration)
    return;
  double const limit = static_cast<double>(end.count());
  if (shortest_ms(subject.found.retry, *attempts, limit) <= limit)
    return;
  diag::Finding& finding =
      sink.add(604,
               fmt::format("`attempts: {}` is never reached: `give-up-after: {}` comes first",
                           *attempts, base::format_duration(end)),
               place(subject, "attempts"));
  finding.spans.push_back({place(subject, "give-up-after"), "ends it before", false});
}

void check_unbounded(const RetrySubject& subject, const diag::Span& where, std::string_view what,
                     diag::Sink& sink) {
  const Retry& retry = subject.found.retry;
  if (!retry.attempts && retry.give_up_after == base::infinite_duration)
    sink.add(601, fmt::format("{} tries for ever", what), where).help =
        "set `attempts` or `give-up-after`, unless that is meant";
}

void check(const RetrySubject& subject, diag::Sink& sink) {
  check_delays(subject, sink);
  check_growth(subject, sink);
  check_limits(subject, sink);
}

bool is_found_too(const diag::Sink& sink, const diag::Finding& finding) {
  return std::any_of(sink.findings().begin(), sink.findings().end(), [&](const auto& other) {
    return other.code == finding.code &&
           other.spans.front().span.start == finding.spans.front().span.start;
  });
}

// The mistakes of the target's own keys with every rule that may decide it.
void check_target_retry(const Policy& policy, const Target& target, diag::Sink& sink) {
  std::vector<Connection> connections;
  for (const Rule* rule : rules_for(policy, target))
    connections.push_back(connection_of(policy, *rule, target));
  if (connections.empty())
    connections.push_back({.policy = policy, .target = &target});
  std::vector<diag::Sink> found(connections.size());
  for (std::size_t i = 0; i < connections.size(); ++i)
    check({target.retry, find_retry(connections[i])}, found[i]);
  for (const diag::Finding& finding : found.front().findings())
    if (std::all_of(found.begin() + 1, found.end(),
                    [&](const diag::Sink& other) { return is_found_too(other, finding); }))
      sink.findings().push_back(finding);
}

} // namespace

void check_retries(const Policy& policy, const FindingOptions& wanted, diag::Sink& sink) {
  for (std::size_t i = 0; i < policy.files.size(); ++i)
    check({policy.files[i].retry_defaults, find_retry(policy, i)}, sink);
  for (const Rule& rule : policy.rules) {
    if (rule.action == Action::ignore || (rule.retry.places.empty() && !wanted.on_request))
      continue;
    RetrySubject const subject{rule.retry, find_retry(connection_of(policy, rule))};
    check(subject, sink);
    if (wanted.on_request)
      check_unbounded(subject, rule.span, fmt::format("rule `{}`", rule.name), sink);
  }
  for (const Target& target : policy.targets)
    if (!target.retry.places.empty())
      check_target_retry(policy, target, sink);
}

} // namespace nvmf::policy
