#include "plan/obstacle.hpp"

#include <fmt/format.h>

namespace nvmf::plan {

namespace {

using base::OptionId;

// TCP transport specification, Transport Specific Address Subtype. Linux speaks 1.3 only
// (drivers/nvme/host/tcp.c).
constexpr std::uint8_t sectype_tls_1_2 = 1;

bool is_on(const ResolvedOptions& options, OptionId id) {
  auto const option = options.find(id);
  return option != options.end() && option->second.value == base::OptionValue(true);
}

bool is_written(const base::OptionValue& value) { return value != base::OptionValue(false); }

} // namespace

std::optional<Obstacle> kernel_lacks(const Tid& tid, const ResolvedOptions& options,
                                     const decide::Facts& facts) {
  if (!facts.kernel_options)
    return std::nullopt;
  auto const lacking = [&](std::string_view kernel_name, std::string_view name) {
    return facts.kernel_options->may_have(std::string(kernel_name))
               ? std::nullopt
               : std::optional(Obstacle{decide::Reason::kernel_option_missing, std::string(name)});
  };
  if (tid.endpoint && tid.endpoint->host_traddr)
    if (auto obstacle = lacking("host_traddr", "host-traddr"))
      return obstacle;
  if (tid.endpoint && !tid.endpoint->host_iface.empty())
    if (auto obstacle = lacking("host_iface", "host-iface"))
      return obstacle;
  for (const auto& [id, option] : options) {
    const base::ConnectOption& row = base::connect_option(id);
    if (is_written(option.value))
      if (auto obstacle = lacking(row.kernel_name, row.name))
        return obstacle;
  }
  return std::nullopt;
}

std::optional<Obstacle> lacks_security(const Tid& tid, const ResolvedOptions& options,
                                       const event::Event& decided) {
  for (OptionId id : {OptionId::tls, OptionId::tls_key, OptionId::concat}) {
    const base::ConnectOption& row = base::connect_option(id);
    bool const asked = options.contains(id) && is_written(options.at(id).value);
    if (asked && tid.endpoint && !row.transports.contains(tid.endpoint->transport))
      return Obstacle{
          decide::Reason::security_required,
          fmt::format("{} is not possible on {}", row.name, to_string(tid.endpoint->transport))};
  }
  bool const secure = is_on(options, OptionId::tls) || is_on(options, OptionId::concat);
  if (decided.secure_channel != base::SecureChannel::required)
    return std::nullopt;
  if (!secure)
    return Obstacle{
        decide::Reason::security_required,
        fmt::format("the {} requires a secure channel, and neither tls nor concat is set",
                    decided.in_table == event::InTable::path ? "firmware's table" : "record")};
  if (decided.sectype == sectype_tls_1_2)
    return Obstacle{decide::Reason::security_required,
                    "the record requires TLS 1.2, and the kernel supports TLS 1.3 only"};
  return std::nullopt;
}

std::optional<Obstacle> lacks_secret(const ResolvedOptions& options, const decide::Facts& facts) {
  for (const auto& [id, option] : options) {
    const auto* reference = std::get_if<base::SecretRef>(&option.value);
    if (!reference)
      continue;
    auto const why = facts.unavailable_secrets.find(
        fmt::format("{}:{}", to_string(reference->kind), reference->name));
    if (why != facts.unavailable_secrets.end())
      return Obstacle{decide::Reason::secret_unavailable,
                      fmt::format("{}: {}", base::connect_option(id).name, why->second)};
  }
  return std::nullopt;
}

} // namespace nvmf::plan
