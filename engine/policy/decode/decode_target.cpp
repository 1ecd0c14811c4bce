// Targets, identities, sets.
#include "base/nqn.hpp"
#include "policy/decode/decode.hpp"
#include "policy/words.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

constexpr std::uint16_t discovery_port = 8009; // IANA: nvme-disc
constexpr std::uint16_t io_port = 4420;        // IANA: nvme, nvme-tcp and RDMA

const Key& target_key(std::string_view name) { return *find_key(Section::target, name); }

std::string_view address_form(base::Transport transport) {
  switch (transport) {
  case base::Transport::tcp:
  case base::Transport::rdma:
    return "an IP address";
  case base::Transport::fc:
    return "`nn-0x<16 hex digits>:pn-0x<16 hex digits>`";
  case base::Transport::loop:
    return "a text without blanks and commas";
  }
  return {};
}

class TargetDecoder {
public:
  TargetDecoder(Reader& reader, const MapView& map, DecodedTarget& decoded)
      : reader_(reader), map_(map), decoded_(decoded), target_(decoded.target) {}

  void run() {
    read_name();
    bool const knows_transport = read_transport();
    read_subsystem();
    if (knows_transport)
      read_addresses();
    read_settings();
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
    target_.subsystem_nqn = read_nqn(reader_, *node, target_key("subsystem-nqn")).value_or("");
    is_discovery_ = target_.subsystem_nqn == base::well_known_discovery_nqn;
    if (!is_discovery_)
      return;
    target_.subsystem_nqn.clear();
    reader_.report(208, "the NQN of discovery controllers names no I/O subsystem", *node).help =
        "take `subsystem-nqn` out: a target without it is a discovery controller";
  }

  bool read_transport() {
    const yaml::Node* node = map_.find("transport");
    const Key& key = target_key("transport");
    auto const index = node != nullptr ? read_word(reader_, *node, key) : std::nullopt;
    if (index)
      target_.endpoint.transport = *base::parse_transport(key.words[*index]);
    return index.has_value();
  }

  void read_addresses() {
    target_.endpoint.traddr = read_address("traddr");
    target_.endpoint.host_traddr = read_address("host-traddr");
    if (map_.find("traddr") == nullptr && target_.endpoint.transport != base::Transport::loop)
      reader_.report(
          205, fmt::format("a target on {} needs `traddr`", to_string(target_.endpoint.transport)),
          map_.node());
    read_port();
    if (const yaml::Node* node = map_.find("host-iface")) {
      target_.endpoint.host_iface =
          read_interface(reader_, *node, target_key("host-iface")).value_or("");
      if (target_.endpoint.transport != base::Transport::tcp)
        report_not_for_transport("host-iface");
    }
    check_one_host();
    check_link_local();
    check_families();
  }

  std::optional<base::Traddr> read_address(std::string_view name) {
    const yaml::Node* node = map_.find(name);
    auto const text = node != nullptr ? read_text(reader_, *node, target_key(name)) : std::nullopt;
    if (!text)
      return std::nullopt;
    if (name == "host-traddr" && target_.endpoint.transport == base::Transport::loop) {
      report_not_for_transport(name);
      return std::nullopt;
    }
    auto const address = base::Traddr::parse(target_.endpoint.transport, *text);
    if (!address)
      reader_.report(207,
                     fmt::format("`{}` on {} must be {}, not `{}`", name,
                                 to_string(target_.endpoint.transport),
                                 address_form(target_.endpoint.transport), *text),
                     *node);
    return address;
  }

  void read_port() {
    bool const has_ports = target_.endpoint.transport == base::Transport::tcp ||
                           target_.endpoint.transport == base::Transport::rdma;
    const yaml::Node* node = map_.find("trsvcid");
    if (node != nullptr && !has_ports) {
      report_not_for_transport("trsvcid");
      return;
    }
    if (!has_ports)
      return;
    bool const is_tcp = target_.endpoint.transport == base::Transport::tcp;
    target_.endpoint.trsvcid = is_discovery_ && is_tcp ? discovery_port : io_port;
    if (node != nullptr)
      if (auto const port = read_count(reader_, *node, target_key("trsvcid")))
        target_.endpoint.trsvcid = static_cast<std::uint16_t>(*port);
  }

  void check_one_host() {
    const base::IpAddress* ip = target_.endpoint.traddr ? target_.endpoint.traddr->ip() : nullptr;
    if (ip != nullptr && !ip->is_unicast())
      reader_.report(207, fmt::format("`{}` is no address of one host", ip->to_string()),
                     *map_.find("traddr"));
  }

  void check_families() {
    const base::IpAddress* there =
        target_.endpoint.traddr ? target_.endpoint.traddr->ip() : nullptr;
    const base::IpAddress* here =
        target_.endpoint.host_traddr ? target_.endpoint.host_traddr->ip() : nullptr;
    if (there != nullptr && here != nullptr && there->family != here->family)
      reader_.report(207,
                     fmt::format("`{}` cannot reach `{}`: one is IPv4, the other IPv6",
                                 here->to_string(), there->to_string()),
                     *map_.find("host-traddr"));
  }

  // The kernel cannot know the link (RFC 4007). The interface is its scope, as in a log's entry.
  void check_link_local() {
    const base::IpAddress* ip = target_.endpoint.traddr ? target_.endpoint.traddr->ip() : nullptr;
    if (ip == nullptr || !ip->is_link_local())
      return;
    if (!target_.endpoint.host_iface.empty()) {
      take_scope(*ip);
      return;
    }
    if (!ip->scope.empty())
      return;
    bool const is_tcp = target_.endpoint.transport == base::Transport::tcp;
    reader_
        .report(
            207,
            fmt::format("link-local address `{}` does not say on which interface", ip->to_string()),
            *map_.find("traddr"))
        .help = fmt::format("write `{}%INTERFACE`{}", ip->to_string(),
                            is_tcp ? ", or add `host-iface`" : "");
  }

  void take_scope(base::IpAddress address) {
    if (!address.scope.empty() && address.scope != target_.endpoint.host_iface) {
      reader_
          .report(207,
                  fmt::format("`{}` is not on interface `{}`, which `host-iface` names",
                              address.to_string(), target_.endpoint.host_iface),
                  *map_.find("traddr"))
          .help = "write the interface once, or twice the same";
      return;
    }
    address.scope = target_.endpoint.host_iface;
    target_.endpoint.traddr = base::Traddr(address);
  }

  void report_not_for_transport(std::string_view name) {
    reader_.report(
        212, fmt::format("`{}` has no meaning on {}", name, to_string(target_.endpoint.transport)),
        map_.key(name));
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
    if (const yaml::Node* node = map_.find("persistent")) {
      target_.persistent = read_persistence(reader_, *node, target_key("persistent"));
      if (!is_discovery_)
        reader_
            .report(203, "`persistent` has no meaning for an I/O subsystem", map_.key("persistent"))
            .help = "it belongs to discovery controllers: targets without `subsystem-nqn`";
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
    } else if (name->name != "default" && !map.is_meant(member)) {
      reader.report(205, fmt::format("identity `{}` needs `{}`", name->name, member), entry.key);
    }
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
  std::vector<const yaml::Entry*> kinds; // what is none of them was reported as unknown
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
