// Connect options, secrets and retry settings.
#include "base/credential_name.hpp"
#include "policy/decode/decode.hpp"
#include "policy/secret_text.hpp"
#include "policy/words.hpp"
#include "yaml/scalar.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

// None: reported.
std::optional<base::OptionValue> read_option(Reader& reader, const yaml::Node& node,
                                             const Key& key) {
  switch (key.type) {
  case ValueType::count: {
    auto const value = read_count(reader, node, key);
    return value ? std::optional<base::OptionValue>(*value) : std::nullopt;
  }
  case ValueType::seconds: {
    auto const value = read_duration(reader, node, key);
    if (!value)
      return std::nullopt;
    bool const endless = *value == base::infinite_duration;
    return base::OptionValue(endless ? std::int64_t{-1} : value->count() / 1000);
  }
  case ValueType::boolean: {
    auto const value = read_boolean(reader, node, key);
    return value ? std::optional<base::OptionValue>(*value) : std::nullopt;
  }
  case ValueType::secret_ref: {
    auto value = read_secret(reader, node, key);
    return value ? std::optional<base::OptionValue>(std::move(*value)) : std::nullopt;
  }
  default: {
    auto value = read_text(reader, node, key);
    return value ? std::optional<base::OptionValue>(std::move(*value)) : std::nullopt;
  }
  }
}

bool is_null(const yaml::Node& node) { return is_type(node, yaml::ScalarType::null); }

void report_inline_secret(Reader& reader, const yaml::Node& node, const Key& key) {
  reader.mask(node);
  reader.report(501, fmt::format("`{}` holds a secret itself", key.name), node).help =
      "write where it is to be found: `{credential: NAME}`, `{keyring: DESCRIPTION}` or `{file: "
      "PATH}`; and change the secret, others may have read it here";
}

std::optional<base::SecretRef> read_reference(Reader& reader, const yaml::Entry& entry) {
  using Kind = base::SecretRef::Kind;
  std::string_view const word = entry.key.text;
  const Key& key = *find_key(Section::secret, word);
  if (entry.value.is_scalar() && holds_secret(entry.value.text)) {
    report_inline_secret(reader, entry.value, key);
    return std::nullopt;
  }
  if (word == "file") {
    auto path = read_path(reader, entry.value, key);
    return path ? std::optional(base::SecretRef{Kind::file, *path}) : std::nullopt;
  }
  auto name = read_text(reader, entry.value, key);
  if (!name)
    return std::nullopt;
  if (word == "keyring")
    return base::SecretRef{Kind::keyring, *name};
  if (base::is_credential_name(*name))
    return base::SecretRef{Kind::credential, *name};
  reader.report(206, fmt::format("`{}` cannot be the name of a credential", *name), entry.value)
      .help =
      "a credential's name is a file name without `/` that does not begin with a dot; a path is "
      "given as `{file: PATH}`";
  return std::nullopt;
}

// Sets one member from the value of a key, and notes its place.
template <class T, class Read>
void set_if_there(Reader& reader, const MapView& map, std::string_view name, RetrySettings& retry,
                  std::optional<T>& member, Read read) {
  const yaml::Node* node = map.find(name);
  if (node == nullptr)
    return;
  member = read(reader, *node, *find_key(Section::retry, name));
  if (member)
    retry.places.emplace(std::string(name), reader.span(*node));
}

struct OptionReader {
  Reader& reader;
  OptionSettings& settings;
};

void add_option(const OptionReader& to, const yaml::Entry& entry,
                std::optional<base::Transport> only) {
  const base::ConnectOption* option = base::find_connect_option(entry.key.text);
  if (option == nullptr)
    return; // reported
  if (only && !option->transports.contains(*only)) {
    to.reader
        .report(212, fmt::format("{} does not take `{}`", to_string(*only), option->name),
                entry.key)
        .help = fmt::format("it is an option of {}", list_of(option->transports));
    return;
  }
  auto value = is_null(entry.value)
                   ? std::optional<base::OptionValue>(base::KernelDefault{})
                   : read_option(to.reader, entry.value, *find_key(Section::connect, option->name));
  if (value)
    to.settings.emplace(OptionKey(option->id, only),
                        OptionSetting{std::move(*value), to.reader.span(entry.value)});
}

// A map named after a transport.
void add_options_of(base::Transport transport, Reader& reader, const yaml::Entry& entry,
                    OptionSettings& settings) {
  MapView const map(reader, entry.value, *find_key(Section::connect, entry.key.text),
                    Section::transport_options);
  if (map.is_map())
    for (const yaml::Entry& each : entry.value.entries)
      add_option({reader, settings}, each, transport);
}

} // namespace

std::optional<base::SecretRef> read_secret(Reader& reader, const yaml::Node& node, const Key& key) {
  if (node.is_scalar() && !node.is_absent() && !is_null(node)) {
    report_inline_secret(reader, node, key);
    return std::nullopt;
  }
  MapView const map(reader, node, key, Section::secret);
  if (!map.is_map())
    return std::nullopt;
  if (node.entries.size() != 1) {
    reader.report(
        204, fmt::format("`{}` takes exactly one of `credential`, `keyring` or `file`", key.name),
        node);
    return std::nullopt;
  }
  if (find_key(Section::secret, node.entries.front().key.text) == nullptr)
    return std::nullopt; // reported
  return read_reference(reader, node.entries.front());
}

OptionSettings decode_options(Reader& reader, const yaml::Node& node, const Key& key) {
  OptionSettings settings;
  MapView const map(reader, node, key, Section::connect);
  for (const yaml::Entry& entry : node.entries) {
    if (auto const transport = base::parse_transport(entry.key.text))
      add_options_of(*transport, reader, entry, settings);
    else
      add_option({reader, settings}, entry, std::nullopt);
  }
  return settings;
}

RetrySettings decode_retry(Reader& reader, const yaml::Node& node, const Key& key) {
  RetrySettings retry;
  MapView const map(reader, node, key, Section::retry);
  if (!map.is_map())
    return retry;
  set_if_there(reader, map, "attempts", retry, retry.attempts, read_attempts);
  set_if_there(reader, map, "first-delay", retry, retry.first_delay, read_duration);
  set_if_there(reader, map, "factor", retry, retry.factor, read_factor);
  set_if_there(reader, map, "max-delay", retry, retry.max_delay, read_duration);
  set_if_there(reader, map, "jitter", retry, retry.jitter_percent, read_percent);
  set_if_there(reader, map, "give-up-after", retry, retry.give_up_after, read_duration);
  set_if_there(reader, map, "slow-delay", retry, retry.slow_delay, read_duration);
  return retry;
}

} // namespace nvmf::policy
