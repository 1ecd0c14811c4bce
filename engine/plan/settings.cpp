#include "plan/settings.hpp"

namespace nvmf::plan {

namespace {

using base::OptionId;

constexpr std::string_view built_in = "built-in";

} // namespace

ResolvedOptions resolve_options(const policy::Connection& connection, base::Transport transport) {
  ResolvedOptions options;
  for (const auto& [id, found] : policy::Levels(connection).on(transport))
    if (!std::holds_alternative<base::KernelDefault>(found.setting->value))
      options.emplace(id, ResolvedOption{.value = found.setting->value,
                                         .origin = policy::to_text(connection.policy, found.origin),
                                         .path = std::string(found.setting->span.path()),
                                         .line = found.setting->span.start.line});
  return options;
}

void require_keep_alive(ResolvedOptions& options, const policy::Connection& connection,
                        base::Transport transport) {
  if (policy::Levels(connection).find(OptionId::keep_alive_tmo, transport) == nullptr)
    options[OptionId::keep_alive_tmo] = {.value = policy::keep_alive_when_kept,
                                         .origin = std::string(built_in)};
}

void leave_out_unasked(ResolvedOptions& options, const decide::KernelOptions& kernel_options) {
  std::erase_if(options, [&](const auto& entry) {
    const auto& [id, option] = entry;
    std::string const name(base::connect_option(id).kernel_name);
    return option.origin == built_in && !kernel_options.certainly_has(name);
  });
}

std::vector<OptionId> drop_inapplicable(ResolvedOptions& options, base::Transport transport) {
  std::vector<OptionId> dropped;
  for (const auto& [id, option] : options)
    if (base::is_left_out(id, transport))
      dropped.push_back(id);
  for (OptionId const id : dropped)
    options.erase(id);
  return dropped;
}

} // namespace nvmf::plan
