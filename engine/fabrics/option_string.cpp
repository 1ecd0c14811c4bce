#include "fabrics/option_string.hpp"

#include "base/connect_option.hpp"
#include "base/nqn.hpp"
#include "base/wire_text.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace nvmf::fabrics {

namespace {

using base::OptionId;
using base::OptionKind;

// The kernel copies at most a page and one byte; longer is ENOMEM.
constexpr std::size_t page_size = 4096;

// One `name=value` (or flag, without value) before it is known whether it may be written. A
// reference has no value yet.
struct Part {
  std::string name;
  std::string value;
  std::optional<std::pair<OptionId, base::SecretRef>> reference;
  bool is_flag = false;
};

void add(std::vector<Part>& parts, std::string_view name, std::string value) {
  if (!value.empty())
    parts.push_back({.name = std::string(name), .value = std::move(value)});
}

// A keyring is named in a policy and numbered in the string, like a key.
base::SecretRef as_reference(const base::OptionValue& value) {
  if (const auto* name = std::get_if<std::string>(&value))
    return {.kind = base::SecretRef::Kind::keyring, .name = *name};
  return std::get<base::SecretRef>(value);
}

bool is_reference(OptionKind kind) {
  return kind == OptionKind::secret || kind == OptionKind::keyring;
}

std::optional<Part> option_part(const base::ConnectOption& option, const base::OptionValue& value) {
  Part part{.name = std::string(option.kernel_name)};
  switch (option.kind) {
  case OptionKind::count:
  case OptionKind::seconds:
    part.value = std::to_string(std::get<std::int64_t>(value));
    return part;
  case OptionKind::flag:
    part.is_flag = true;
    return std::get<bool>(value) ? std::optional(part) : std::nullopt;
  case OptionKind::secret:
  case OptionKind::keyring:
    part.reference = {option.id, as_reference(value)};
    return part;
  }
  return std::nullopt;
}

std::vector<Part> parts_of(const plan::Item& item) {
  const plan::Tid& tid = item.tid;
  std::vector<Part> parts;
  add(parts, "nqn", tid.subsystem_nqn);
  if (const auto& endpoint = tid.endpoint) {
    add(parts, "transport", std::string(to_string(endpoint->transport)));
    add(parts, "traddr", to_text(endpoint->traddr));
    add(parts, "host_traddr", to_text(endpoint->host_traddr));
    add(parts, "host_iface", endpoint->host_iface);
    add(parts, "trsvcid", endpoint->trsvcid ? std::to_string(*endpoint->trsvcid) : std::string());
  }
  add(parts, "hostnqn", tid.host_nqn);
  add(parts, "hostid", tid.hostid);
  // The kernel recognises a discovery controller by the well-known name; under its own an option
  // has to say so.
  if (item.subject == base::Subject::discovery_controller &&
      tid.subsystem_nqn != base::well_known_discovery_nqn)
    parts.push_back({.name = "discovery", .is_flag = true});
  for (const base::ConnectOption& option : base::connect_options())
    if (auto found = item.connect.find(option.id); found != item.connect.end())
      if (auto part = option_part(option, found->second.value))
        parts.push_back(std::move(*part));
  return parts;
}

base::Result<void> check_complete(const std::vector<Part>& parts) {
  for (std::string_view required : {"nqn", "transport"}) {
    bool there = false;
    for (const Part& part : parts)
      there = there || part.name == required;
    if (!there)
      return base::failure(fmt::format("the connection has no `{}`", required), EINVAL);
  }
  return {};
}

// `value_of` gives the text in place of a reference.
template <class ValueOf>
base::Result<std::string> joined(const plan::Item& item, ValueOf value_of) {
  std::vector<Part> const parts = parts_of(item);
  if (auto complete = check_complete(parts); !complete)
    return tl::unexpected(complete.error());
  std::string text;
  text.reserve(page_size); // growing would leave copies of a secret behind
  for (const Part& part : parts) {
    if (!text.empty())
      text += ',';
    text += part.name;
    if (part.is_flag)
      continue;
    text += '=';
    if (part.reference) {
      if (auto added = value_of(text, *part.reference); !added)
        return base::with_context(part.name, added.error());
      continue;
    }
    if (!base::is_option_text(part.value))
      return base::failure(fmt::format("`{}` cannot be given to the kernel: `{}` holds a comma, "
                                       "blank, control or non-ASCII character",
                                       part.name, base::escaped(part.value)),
                           EINVAL);
    text += part.value;
  }
  if (text.size() >= page_size)
    return base::failure(fmt::format("the option string has {} bytes, the kernel takes {}",
                                     text.size(), page_size - 1),
                         ENOMEM);
  return text;
}

} // namespace

base::Result<base::Secret> option_string(const plan::Item& item, const ResolvedSecrets& secrets) {
  using Reference = std::pair<OptionId, base::SecretRef>;
  auto text = joined(item, [&](std::string& out, const Reference& reference) -> base::Result<void> {
    auto const found = secrets.find(reference.first);
    if (found == secrets.end())
      return base::failure("the secret was not resolved", ENOKEY);
    // No value in the message: this one is secret.
    if (!base::is_option_text(found->second.reveal()))
      return base::failure("the secret holds a comma, blank, control or non-ASCII character",
                           EINVAL);
    out += found->second.reveal();
    return {};
  });
  if (!text)
    return tl::unexpected(text.error());
  return base::Secret(std::move(*text));
}

base::Result<std::string> redacted_option_string(const plan::Item& item) {
  using Reference = std::pair<OptionId, base::SecretRef>;
  return joined(item, [](std::string& out, const Reference& reference) -> base::Result<void> {
    out += fmt::format("<{}:{}>", to_string(reference.second.kind),
                       base::escaped(reference.second.name));
    return {};
  });
}

std::vector<std::string> option_names(const plan::Item& item) {
  std::vector<std::string> names;
  for (Part& part : parts_of(item))
    names.push_back(std::move(part.name));
  return names;
}

std::vector<std::string> missing_options(const plan::Item& item,
                                         const decide::KernelOptions& kernel_options) {
  std::vector<std::string> missing;
  for (std::string& name : option_names(item))
    if (!kernel_options.may_have(name))
      missing.push_back(std::move(name));
  return missing;
}

std::map<base::OptionId, base::SecretRef> references(const plan::Item& item) {
  std::map<base::OptionId, base::SecretRef> found;
  for (const auto& [id, option] : item.connect)
    if (is_reference(base::connect_option(id).kind))
      found.emplace(id, as_reference(option.value));
  return found;
}

} // namespace nvmf::fabrics
