#include "plan/settings.hpp"

#include <fmt/format.h>

namespace nvmf::plan {

namespace {

using base::OptionId;

constexpr std::string_view built_in = "built-in";

const policy::File* main_file(const policy::Policy& policy) {
  return policy.main_file ? &policy.files[*policy.main_file] : nullptr;
}

const policy::File* file_of(const policy::Policy& policy, std::size_t index) {
  return index < policy.files.size() ? &policy.files[index] : nullptr;
}

// Fills a ResolvedOptions from the most specific level outwards: the first level that says anything
// about an option settles it.
class Lookup {
public:
  void level(const policy::OptionSettings& settings, const std::string& origin) {
    for (const auto& [id, setting] : settings)
      settled_.try_emplace(id, ResolvedOption{.value = setting.value,
                                              .origin = origin,
                                              .path = std::string(setting.span.path()),
                                              .line = setting.span.start.line});
  }

  void profiles(const std::vector<std::shared_ptr<const policy::Profile>>& profiles) {
    for (const auto& profile : profiles)
      level(profile->connect, "profile " + profile->name);
  }

  ResolvedOptions settled() && { return std::move(settled_); }

private:
  ResolvedOptions settled_;
};

const policy::OptionSettings& defaults_of(const policy::File& file, base::Subject subject) {
  return subject == base::Subject::discovery_controller ? file.discover_defaults
                                                        : file.connect_defaults;
}

template <class T>
void take(T& value, const std::optional<T>& said) {
  if (said)
    value = *said;
}

void overlay(Retry& retry, const policy::RetrySettings& said) {
  if (said.attempts)
    retry.attempts = said.attempts->count;
  take(retry.first_delay, said.first_delay);
  take(retry.factor, said.factor);
  take(retry.max_delay, said.max_delay);
  take(retry.jitter_percent, said.jitter_percent);
  take(retry.give_up_after, said.give_up_after);
  take(retry.slow_delay, said.slow_delay);
}

bool is_security_option(OptionId id) {
  return id == OptionId::tls || id == OptionId::tls_key || id == OptionId::concat;
}

// All that any level says, KernelDefault included.
ResolvedOptions all_settled(const Levels& levels) {
  Lookup lookup;
  if (levels.target) {
    lookup.level(levels.target->connect, "target " + levels.target->name);
    lookup.profiles(levels.target->profiles);
  }
  lookup.level(levels.rule.connect, "rule " + levels.policy.shown_name(levels.rule));
  lookup.profiles(levels.rule.profiles);
  if (levels.identity)
    lookup.level(levels.identity->secrets, "identity " + levels.identity->name);
  const policy::File* const own = file_of(levels.policy, levels.rule.file);
  const policy::File* const main = main_file(levels.policy);
  if (own)
    lookup.level(defaults_of(*own, levels.subject), "defaults");
  if (main && main != own)
    lookup.level(defaults_of(*main, levels.subject), "defaults");
  return std::move(lookup).settled();
}

} // namespace

ResolvedOptions resolve_options(const Levels& levels) {
  ResolvedOptions options = all_settled(levels);
  std::erase_if(options, [](const auto& entry) {
    return std::holds_alternative<base::KernelDefault>(entry.second.value);
  });
  return options;
}

void require_keep_alive(ResolvedOptions& options, const Levels& levels) {
  constexpr std::int64_t persistent_keep_alive = 30; // seconds, as nvme-cli's -p
  if (!all_settled(levels).contains(OptionId::keep_alive_tmo))
    options[OptionId::keep_alive_tmo] = {.value = persistent_keep_alive,
                                         .origin = std::string(built_in)};
}

void leave_out_unasked(ResolvedOptions& options, const std::set<std::string>& kernel_options) {
  std::erase_if(options, [&](const auto& entry) {
    const auto& [id, option] = entry;
    std::string const name(base::connect_option(id).kernel_name);
    return option.origin == built_in && !kernel_options.contains(name);
  });
}

std::vector<OptionId> drop_inapplicable(ResolvedOptions& options, base::Transport transport) {
  std::vector<OptionId> dropped;
  for (auto option = options.begin(); option != options.end();) {
    bool const applies = base::connect_option(option->first).transports.contains(transport);
    if (applies || is_security_option(option->first)) {
      ++option;
    } else {
      dropped.push_back(option->first);
      option = options.erase(option);
    }
  }
  return dropped;
}

Retry resolve_retry(const policy::Policy& policy, const policy::Rule& rule, bool is_target) {
  Retry retry;
  if (is_target)
    retry.give_up_after = base::infinite_duration;
  const policy::File* const own = file_of(policy, rule.file);
  const policy::File* const main = main_file(policy);
  if (main && main != own)
    overlay(retry, main->retry_defaults);
  if (own)
    overlay(retry, own->retry_defaults);
  overlay(retry, rule.retry);
  return retry;
}

policy::Persistent resolve_persistent(const policy::Rule& rule, const policy::Target* target,
                                      base::Transport transport) {
  if (target && target->persistent)
    return *target->persistent;
  if (rule.persistent)
    return *rule.persistent;
  bool const usual = transport == base::Transport::tcp || transport == base::Transport::rdma;
  return usual ? policy::Persistent::yes : policy::Persistent::no;
}

} // namespace nvmf::plan
