// Targets, identities, sets.
#include "base/nqn.hpp"
#include "policy/decode/decode.hpp"
#include "policy/decode/decode_endpoint.hpp"
#include "policy/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace nvmf::policy {

namespace {

const Key& target_key(std::string_view name) { return *find_key(Section::target, name); }

class TargetDecoder {
public:
  TargetDecoder(Reader& reader, const MapView& map, DecodedTarget& decoded)
      : reader_(reader), map_(map), decoded_(decoded), target_(decoded.target) {}

  void run() {
    read_name();
    bool const knows_transport = read_transport();
    read_subsystem();
    if (knows_transport)
      read_endpoints();
    read_settings();
    check_keys_of_kind();
    read_discovery_keys();
    read_subsystem_keys();
  }

private:
  void read_name() {
    const yaml::Node* node = map_.find("name");
    auto use = node != nullptr ? read_new_name(reader_, *node, target_key("name")) : std::nullopt;
    if (!use)
      return;
    target_.name = use->name;
    target_.span = use->span;
  }

  void read_subsystem() {
    const yaml::Node* node = map_.find("subsystem-nqn");
    if (node == nullptr)
      return;
    is_discovery_ = false;
    if (is_pattern(*node))
      return;
    target_.subsystem_nqn = read_nqn(reader_, *node, target_key("subsystem-nqn")).value_or("");
    is_discovery_ = target_.subsystem_nqn == base::well_known_discovery_nqn;
    if (!is_discovery_)
      return;
    target_.subsystem_nqn.clear();
    reader_.report(208, "the NQN of discovery controllers names no I/O subsystem", *node).help =
        "take `subsystem-nqn` out: a target without it is a discovery controller";
  }

  bool is_pattern(const yaml::Node& node) {
    bool const pattern = node.is_scalar() && (node.text.find_first_of("*?") != std::string::npos ||
                                              node.text.starts_with('@'));
    if (pattern)
      reader_
          .report(218, fmt::format("`{}` is a pattern, where one subsystem belongs", node.text),
                  node)
          .help = "name one subsystem; for several, name their discovery controller, and write a "
                  "`connect` rule";
    return pattern;
  }

  bool read_transport() {
    const yaml::Node* node = map_.find("transport");
    const Key& key = target_key("transport");
    auto const index = node != nullptr ? read_word(reader_, *node, key) : std::nullopt;
    if (index)
      target_.transport = *base::parse_transport(key.words[*index]);
    return index.has_value();
  }

  void read_endpoints() {
    base::Subject const subject =
        is_discovery_ ? base::Subject::discovery_controller : base::Subject::io_subsystem;
    EndpointContext const context{
        .transport = target_.transport,
        .trsvcid = decode_target_port(reader_, map_, target_.transport, subject)};
    const yaml::Node* paths = map_.find("paths");
    if (paths == nullptr) {
      target_.endpoints = decode_endpoints(reader_, map_, Section::target, context);
      return;
    }
    report_beside_paths();
    for_each_value(reader_, *paths, target_key("paths"), [&](const yaml::Node& node) {
      MapView const path(reader_, node, target_key("paths"), Section::target_path);
      if (!path.is_map())
        return;
      auto endpoints = decode_endpoints(reader_, path, Section::target_path, context);
      std::move(endpoints.begin(), endpoints.end(), std::back_inserter(target_.endpoints));
    });
  }

  void report_beside_paths() {
    for (const char* name : {"traddr", "host-traddr", "host-iface"})
      if (map_.find(name) != nullptr)
        reader_
            .report(215, fmt::format("`{}` and `paths` exclude each other", name), map_.key(name))
            .help = fmt::format("write `{}` in each of the `paths`", name);
  }

  void read_settings() {
    if (const yaml::Node* node = map_.find("identity"))
      decoded_.identity = read_name_use(reader_, *node, target_key("identity"));
    if (const yaml::Node* node = map_.find("profiles"))
      decoded_.profiles = read_name_uses(reader_, *node, target_key("profiles"));
    if (const yaml::Node* node = map_.find("connect"))
      target_.connect = decode_options(reader_, *node, target_key("connect"));
    if (const yaml::Node* node = map_.find("retry"))
      target_.retry = decode_retry(reader_, *node, target_key("retry"));
    if (const yaml::Node* node = map_.find("host-side"))
      if (auto const index = read_word(reader_, *node, target_key("host-side")))
        target_.host_side = parse_host_side(target_key("host-side").words[*index]);
  }

  void read_discovery_keys() {
    if (const yaml::Node* node = map_.find("persistent"))
      target_.persistent = read_persistence(reader_, *node, target_key("persistent"));
    if (const yaml::Node* node = map_.find("poll"))
      target_.poll = read_poll(reader_, *node, target_key("poll"));
    if (const yaml::Node* node = map_.find("referrals"))
      if (auto const index = read_word(reader_, *node, target_key("referrals")))
        target_.follow_referrals = *index == 0;
  }

  void read_subsystem_keys() {
    if (const yaml::Node* node = map_.find("probe"))
      target_.probe = read_boolean(reader_, *node, target_key("probe"));
    if (const yaml::Node* node = map_.find("expect-paths"))
      if (auto const count = read_count(reader_, *node, target_key("expect-paths")))
        target_.expect_paths = static_cast<std::uint32_t>(*count);
  }

  // A target has the keys of a rule of its kind.
  void check_keys_of_kind() {
    for (const Key& key : keys_of(Section::target)) {
      bool const wrong = is_discovery_ ? key.only == Only::connect : key.only == Only::discover;
      if (wrong && map_.find(key.name) != nullptr)
        reader_
            .report(203,
                    fmt::format("`{}` does not apply to {}", key.name,
                                is_discovery_ ? "a discovery controller" : "an I/O subsystem"),
                    map_.key(key.name))
            .help = is_discovery_
                        ? "it belongs to I/O subsystems: targets with `subsystem-nqn`"
                        : "it belongs to discovery controllers: targets without `subsystem-nqn`";
    }
  }

  Reader& reader_;
  const MapView& map_;
  DecodedTarget& decoded_;
  Target& target_;
  bool is_discovery_ = true;
};

} // namespace

DecodedTarget decode_target(Reader& reader, const yaml::Node& node, const Key& key) {
  DecodedTarget decoded;
  MapView const map(reader, node, key, Section::target);
  decoded.target.span = reader.span(node);
  if (map.is_map())
    TargetDecoder(reader, map, decoded).run();
  return decoded;
}

namespace {

// Half an identity is never completed from another place.
void check_identity_is_whole(Reader& reader, const MapView& map, const Identity& identity,
                             const yaml::Node& where) {
  bool const has_nqn = map.find("hostnqn") != nullptr || map.is_meant("hostnqn");
  bool const has_id = map.find("hostid") != nullptr || map.is_meant("hostid");
  if (!has_nqn && (identity.name != "default" || has_id)) {
    diag::Finding& finding =
        reader.report(205, fmt::format("identity `{}` needs `hostnqn`", identity.name), where);
    if (identity.name == "default")
      finding.help = "write `hostnqn: {file: /etc/nvme/hostnqn}` for the host's own";
    return;
  }
  bool const from_nqn = identity.hostnqn && (identity.hostnqn->is_file ||
                                             base::uuid_of_nqn(identity.hostnqn->text).has_value());
  if (has_nqn && identity.hostnqn && !has_id && !from_nqn)
    reader.report(205, fmt::format("identity `{}` needs `hostid`", identity.name), where).help =
        "only the UUID of a `…:uuid:` host NQN can serve for it";
}

} // namespace

std::optional<Identity> decode_identity(Reader& reader, const yaml::Entry& entry, const Key& key) {
  auto const name = read_definition_name(reader, entry.key, key);
  MapView const map(reader, entry.value, key, Section::identity);
  if (!name || !map.is_map())
    return std::nullopt;
  Identity identity{.name = name->name, .span = name->span};
  for (std::string_view const member : {"hostnqn", "hostid"})
    if (const yaml::Node* node = map.find(member)) {
      auto value = read_text_or_file(reader, *node, *find_key(Section::identity, member));
      (member == "hostnqn" ? identity.hostnqn : identity.hostid) = std::move(value);
    }
  check_identity_is_whole(reader, map, identity, entry.key);
  for (std::string_view const member : {"dhchap-secret", "dhchap-ctrl-secret", "tls-key"})
    if (const yaml::Node* node = map.find(member))
      if (auto ref = read_secret(reader, *node, *find_key(Section::identity, member)))
        identity.secrets.emplace(base::find_connect_option(member)->id,
                                 OptionSetting{std::move(*ref), reader.span(*node)});
  return identity;
}

std::shared_ptr<Set> decode_set(Reader& reader, const yaml::Entry& entry, const Key& key) {
  auto const name = read_definition_name(reader, entry.key, key);
  MapView const map(reader, entry.value, key, Section::set);
  if (!name || !map.is_map())
    return nullptr;
  auto set = std::make_shared<Set>();
  set->name = name->name;
  set->span = name->span;
  std::vector<const yaml::Entry*> kinds; // others were reported as unknown
  for (const yaml::Entry& content : entry.value.entries)
    if (find_key(Section::set, content.key.text) != nullptr)
      kinds.push_back(&content);
  if (kinds.empty() && !entry.value.entries.empty())
    return set;
  if (kinds.size() != 1) {
    reader.report(204, fmt::format("set `{}` must be of exactly one kind", name->name), entry.key)
        .help = "`traddr`, `host-traddr`, `host-iface`, `subsystem-nqn` or `host-nqn`";
    return set;
  }
  const yaml::Entry& content = *kinds.front();
  const Key* kind = find_key(Section::set, content.key.text);
  set->kind = *parse_match_key(kind->name);
  std::size_t const before = reader.sink().findings().size();
  DecodedClause clause = decode_clause(reader, content.value, {.key = *kind, .kind = set->kind});
  // Half of a set would say less than is meant: nothing is concluded from it.
  if (!reader.has_errors_since(before))
    set->values = std::move(clause.clause.values);
  return set;
}

} // namespace nvmf::policy
