#include "host/facts_file.hpp"

#include "base/duration.hpp"
#include "base/file_system.hpp"
#include "base/host_name.hpp"
#include "event/map_fields.hpp"
#include "firmware/tables.hpp"
#include "host/exclusions.hpp"
#include "policy/foreign.hpp"
#include "policy/key_table.hpp"
#include "yaml/scalar.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace nvmf::host {

namespace {

using event::MapFields;
using yaml::Node;
namespace code = diag::code;

using Names = std::vector<std::string>;
const Names interface_keys{"name", "up", "addresses", "mac", "vlan"};
const Names address_keys{"address", "flags"};
const Names fc_port_keys{"host", "remotes"};
const Names controller_keys{"device",        "state",       "cntrltype",  "transport", "traddr",
                            "trsvcid",       "host-traddr", "host-iface", "src-addr",  "owner",
                            "subsystem-nqn", "host-nqn",    "hostid",     "connect"};
const Names identity_keys{"hostnqn", "hostid"};

// The key that other tools have another name for, where it is one of `keys`.
template <policy::Section section>
yaml::UnknownKey other_name_in(const std::string& word) {
  const Names& keys = section == policy::Section::identity ? identity_keys : controller_keys;
  policy::ForeignKey const foreign = policy::foreign_key(section, word);
  bool const is_key = std::find(keys.begin(), keys.end(), foreign.meant) != keys.end();
  return is_key ? yaml::UnknownKey{.help = foreign.help, .meant = std::string(foreign.meant)}
                : yaml::UnknownKey{};
}

// As a policy would answer the value.
std::string help_with_option(std::string_view option, std::string_view text) {
  const policy::Key* const key = policy::find_key(policy::Section::connect, option);
  return key != nullptr ? policy::foreign_value_help(*key, text).help : std::string();
}
const Names facts_keys{"hostname", "cpus",        "identity",   "interfaces",
                       "fc-ports", "controllers", "exclusions", "kernel-options",
                       "names",    "identities",  "nbft"};

std::vector<std::string> transport_words() {
  std::vector<std::string> words;
  for (auto const transport : base::all_transports)
    words.emplace_back(base::to_string(transport));
  return words;
}

std::optional<decide::ControllerType> parse_type(std::string_view text) {
  auto const type = base::parse_controller_type(text);
  return type == decide::ControllerType::unknown ? std::nullopt : std::optional(type);
}

class FactsReader {
public:
  // Files are named relative to the one at `path`.
  FactsReader(yaml::Reader& reader, std::string path) : reader_(reader), path_(std::move(path)) {}

  decide::Facts read(const Node& node);

private:
  // Calls `each` for every entry of the list at `name`; empty where nothing or no list is there.
  template <class T, class Each>
  std::optional<std::vector<T>> list(MapFields& fields, const std::string& name, Each each) {
    const Node* const value = fields.find(name);
    if (!value || value->is_plain("null"))
      return std::nullopt;
    std::vector<T> all;
    if (value->is_absent())
      return all;
    if (!value->is_list()) {
      report(code::wrong_type, fmt::format("`{}` takes a list", name), *value);
      return std::nullopt;
    }
    for (const Node& item : value->items)
      if (auto one = (this->*each)(item))
        all.push_back(std::move(*one));
    return all;
  }

  std::optional<std::string> plain_text(const Node& node);
  std::optional<decide::Interface> interface(const Node& node);
  std::optional<decide::InterfaceAddress> interface_address(const Node& node);
  std::optional<decide::InterfaceAddress> plain_address(const Node& node);
  std::optional<base::FcAddress> fc_address(const Node& node);
  std::optional<decide::FcPort> fc_port(const Node& node);
  std::optional<decide::Controller> controller(const Node& node);
  std::optional<decide::Exclusion> exclusion(const Node& node);
  void read_identity(decide::Facts& facts, const Node& node);
  std::vector<base::IpAddress> addresses(const yaml::Entry& entry);
  void read_names(decide::Facts& facts, const Node& node);
  decide::HostIdentity identity_values(const Node& node, std::string_view described);
  void read_identities(decide::Facts& facts, const Node& node);
  void read_connect(decide::Controller& controller, const Node& node);
  void read_option(decide::Controller& controller, const yaml::Entry& entry);

  diag::Finding& report(std::uint16_t number, std::string message, const Node& node) {
    return reader_.report(number, std::move(message), node);
  }

  std::optional<firmware::MacAddress> mac(const Node& node);
  void read_nbft(decide::Facts& facts, const Node& node);

  yaml::Reader& reader_;
  std::string path_;
};

std::optional<std::string> FactsReader::plain_text(const Node& node) {
  if (node.is_scalar() && !node.is_absent())
    return node.text;
  report(code::wrong_type, "expected text", node);
  return std::nullopt;
}

// Text, or `{address: TEXT, flags: [temporary, deprecated, secondary]}`.
std::optional<decide::InterfaceAddress> FactsReader::interface_address(const Node& node) {
  if (!node.is_map())
    return plain_address(node);
  MapFields fields(reader_, node, {.described = "an address", .keys = address_keys});
  const Node* const text = fields.find("address");
  fields.require("address");
  auto own = text ? plain_address(*text) : std::nullopt;
  for (const std::string& flag : fields.texts("flags")) {
    decide::InterfaceAddress ignored;
    decide::InterfaceAddress& flagged = own ? *own : ignored;
    if (flag == "temporary")
      flagged.temporary = true;
    else if (flag == "deprecated")
      flagged.deprecated = true;
    else if (flag == "secondary")
      flagged.secondary = true;
    else
      report(code::wrong_type,
             fmt::format("`flags` takes `temporary`, `deprecated` and `secondary`, not `{}`", flag),
             *fields.find("flags"));
  }
  return own;
}

std::optional<decide::InterfaceAddress> FactsReader::plain_address(const Node& node) {
  std::string const text = node.is_scalar() ? node.text : std::string();
  auto const slash = text.find('/');
  auto const address = base::IpAddress::parse(text.substr(0, slash));
  auto const length =
      slash == std::string::npos ? std::nullopt : yaml::to_integer(text.substr(slash + 1));
  if (address && length && *length >= 0 && *length <= address->width())
    return decide::InterfaceAddress{.address = *address,
                                    .prefix_length = static_cast<unsigned>(*length)};
  report(
      code::bad_address,
      fmt::format("`{}` is not a valid address with its prefix length, like 192.0.2.10/24", text),
      node);
  return std::nullopt;
}

std::optional<decide::Interface> FactsReader::interface(const Node& node) {
  MapFields fields(reader_, node, {.described = "an interface", .keys = interface_keys});
  decide::Interface interface {
    .name = fields.text("name").value_or(""), .up = fields.boolean("up").value_or(true)
  };
  fields.require("name");
  if (const Node* const mac = fields.find("mac"))
    interface.mac = this->mac(*mac);
  constexpr std::uint32_t last_vlan = 4094;
  interface.vlan = static_cast<std::uint16_t>(fields.number("vlan", 1, last_vlan).value_or(0));
  interface.addresses =
      list<decide::InterfaceAddress>(fields, "addresses", &FactsReader::interface_address)
          .value_or(std::vector<decide::InterfaceAddress>());
  for (decide::InterfaceAddress& one : interface.addresses)
    if (one.address.is_link_local() && one.address.scope.empty())
      one.address.scope = interface.name;
  return interface;
}

std::optional<firmware::MacAddress> FactsReader::mac(const Node& node) {
  auto const mac = node.is_scalar() ? firmware::parse_mac(node.text) : std::nullopt;
  if (!mac)
    report(code::bad_address, "expected a MAC address, like 00:53:00:a1:b2:c3", node);
  return mac;
}

std::optional<base::FcAddress> FactsReader::fc_address(const Node& node) {
  auto const address =
      node.is_scalar() ? base::FcAddress::parse(node.text) : std::optional<base::FcAddress>();
  if (!address)
    report(code::bad_address, "expected an FC address, like nn-0x<16 hex digits>:pn-0x<16>", node);
  return address;
}

std::optional<decide::FcPort> FactsReader::fc_port(const Node& node) {
  MapFields fields(reader_, node, {.described = "an FC port", .keys = fc_port_keys});
  auto const host = fields.address("host", base::Transport::fc);
  fields.require("host");
  decide::FcPort port;
  if (host)
    port.host = *host->fc();
  port.remotes = list<base::FcAddress>(fields, "remotes", &FactsReader::fc_address);
  return port;
}

void FactsReader::read_option(decide::Controller& controller, const yaml::Entry& entry) {
  const base::ConnectOption* const option = base::find_connect_option(entry.key.text);
  if (!option || option->kind == base::OptionKind::secret) {
    report(code::unknown_key, fmt::format("`{}` is not an option that sysfs shows", entry.key.text),
           entry.key)
        .help = policy::foreign_key(policy::Section::connect, entry.key.text).help;
    return;
  }
  const Node& value = entry.value;
  std::string const text = value.is_scalar() ? value.text : std::string();
  if (option->kind == base::OptionKind::flag && (text == "true" || text == "false"))
    controller.connect[option->id] = text == "true";
  else if (option->kind == base::OptionKind::keyring && !text.empty())
    controller.connect[option->id] = text;
  else if (text == "off" || text == "infinity")
    controller.connect[option->id] = std::int64_t{-1};
  else if (auto const number = yaml::to_integer(text))
    controller.connect[option->id] = *number;
  else if (auto const duration = base::parse_duration(text);
           duration && option->kind == base::OptionKind::seconds)
    controller.connect[option->id] =
        std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(*duration).count()};
  else
    report(code::wrong_type, fmt::format("`{}` cannot be `{}`", option->name, text), value).help =
        help_with_option(option->name, text);
}

void FactsReader::read_connect(decide::Controller& controller, const Node& node) {
  if (!node.is_map() && !node.is_absent())
    report(code::wrong_type, "`connect` takes a map of options", node);
  for (const yaml::Entry& entry : node.entries)
    read_option(controller, entry);
}

std::optional<decide::Controller> FactsReader::controller(const Node& node) {
  MapFields fields(reader_, node,
                   {.described = "a controller",
                    .keys = controller_keys,
                    .explain_unknown = other_name_in<policy::Section::target>});
  decide::Controller controller;
  controller.device = fields.text("device").value_or("");
  controller.state = fields.text("state").value_or("live");
  controller.type = fields.word("cntrltype", {"io", "discovery", "admin"}, parse_type)
                        .value_or(decide::ControllerType::unknown);
  auto const transport = fields.word("transport", transport_words(), base::parse_transport);
  for (const char* required : {"device", "transport"})
    fields.require(required);
  controller.endpoint.transport = transport.value_or(base::Transport::tcp);
  if (transport) {
    controller.endpoint.traddr = fields.address("traddr", *transport);
    controller.endpoint.host_traddr = fields.address("host-traddr", *transport);
    controller.src_addr = fields.address("src-addr", *transport);
  }
  controller.endpoint.trsvcid = fields.service("trsvcid");
  controller.endpoint.host_iface = fields.text("host-iface").value_or("");
  controller.subsystem_nqn = fields.nqn("subsystem-nqn").value_or("");
  controller.host_nqn = fields.nqn("host-nqn").value_or("");
  controller.hostid = fields.text("hostid").value_or("");
  controller.owner = fields.text("owner");
  if (const Node* const connect = fields.find("connect"))
    read_connect(controller, *connect);
  return controller;
}

std::optional<decide::Exclusion> FactsReader::exclusion(const Node& node) {
  auto const text = plain_text(node);
  return text ? std::optional(parse_exclusion(*text)) : std::nullopt;
}

void FactsReader::read_identity(decide::Facts& facts, const Node& node) {
  if (node.is_plain("null"))
    return;
  if (node.is_absent()) {
    facts.identity = decide::HostIdentity{};
    return;
  }
  facts.identity = identity_values(node, "`identity`");
}

decide::HostIdentity FactsReader::identity_values(const Node& node, std::string_view described) {
  MapFields fields(reader_, node,
                   {.described = described,
                    .keys = identity_keys,
                    .explain_unknown = other_name_in<policy::Section::identity>});
  return {.hostnqn = fields.text("hostnqn").value_or(""),
          .hostid = fields.text("hostid").value_or("")};
}

void FactsReader::read_identities(decide::Facts& facts, const Node& node) {
  if (!node.is_map() && !node.is_absent())
    report(code::wrong_type, "`identities` takes a map of the policy's identities", node);
  for (const yaml::Entry& entry : node.entries) {
    const std::string& name = entry.key.text;
    if (name == "default")
      reader_.report(code::unknown_key, "`default` does not belong in `identities`", entry.key)
          .help = "the host's own is `identity`";
    else if (entry.value.is_plain("null"))
      continue;
    else if (entry.value.is_absent())
      facts.identities[name] = {};
    else
      facts.identities[name] = identity_values(entry.value, "an identity");
  }
}

std::vector<base::IpAddress> FactsReader::addresses(const yaml::Entry& entry) {
  std::vector<base::IpAddress> addresses;
  auto const read = [&](const Node& node) {
    auto address = node.is_scalar() ? base::IpAddress::parse(node.text) : std::nullopt;
    if (address)
      addresses.push_back(std::move(*address));
    else
      report(code::bad_address, fmt::format("`{}` is not an IP address", node.text), node);
  };
  if (entry.value.is_scalar())
    read(entry.value);
  for (const Node& item : entry.value.items)
    read(item);
  return addresses;
}

void FactsReader::read_names(decide::Facts& facts, const Node& node) {
  if (!node.is_map() && !node.is_absent())
    report(code::wrong_type, "`names` takes a map of host names", node);
  for (const yaml::Entry& entry : node.entries) {
    if (base::is_host_name(entry.key.text))
      facts.names[entry.key.text] = addresses(entry);
    else
      report(code::bad_address, fmt::format("`{}` is not a valid host name", entry.key.text),
             entry.key);
  }
}

// A firmware table's file, or a list of them.
void FactsReader::read_nbft(decide::Facts& facts, const Node& node) {
  if (node.is_absent() || node.is_plain("null"))
    return;
  auto const read = [&](const Node& item) {
    auto const name = plain_text(item);
    if (!name)
      return;
    auto const path = std::filesystem::path(path_).parent_path() / *name;
    auto table =
        firmware::read_table_file(base::RealFileSystem(), path.lexically_normal().string());
    if (!table) {
      report(code::wrong_type, "`nbft`: " + table.error().message, item);
      return;
    }
    table->path = *name;
    facts.nbft.push_back(std::move(*table));
  };
  if (!node.is_list())
    return read(node);
  for (const Node& item : node.items)
    read(item);
}

decide::Facts FactsReader::read(const Node& node) {
  MapFields fields(reader_, node, {.described = "facts", .keys = facts_keys});
  decide::Facts facts;
  facts.hostname = fields.text("hostname");
  constexpr std::uint32_t most_cpus = 1U << 20U;
  if (auto const cpus = fields.number("cpus", 1, most_cpus))
    facts.cpus = *cpus;
  if (const Node* const identity = fields.find("identity"))
    read_identity(facts, *identity);
  if (const Node* const names = fields.find("names"))
    read_names(facts, *names);
  if (const Node* const identities = fields.find("identities"))
    read_identities(facts, *identities);
  if (const Node* const nbft = fields.find("nbft"))
    read_nbft(facts, *nbft);
  facts.interfaces = list<decide::Interface>(fields, "interfaces", &FactsReader::interface);
  facts.fc_ports = list<decide::FcPort>(fields, "fc-ports", &FactsReader::fc_port);
  facts.controllers = list<decide::Controller>(fields, "controllers", &FactsReader::controller);
  facts.exclusions = list<decide::Exclusion>(fields, "exclusions", &FactsReader::exclusion);
  if (auto const options = list<std::string>(fields, "kernel-options", &FactsReader::plain_text))
    facts.kernel_options =
        decide::KernelOptions(std::set<std::string>(options->begin(), options->end()));
  return facts;
}

} // namespace

std::optional<decide::Facts> parse_facts(const yaml::Document& document, const Node& node,
                                         diag::Sink& sink) {
  auto const errors_before = sink.findings().size();
  yaml::Reader reader(document.source, sink);
  decide::Facts facts = FactsReader(reader, document.source->path).read(node);
  if (sink.findings().size() != errors_before)
    return std::nullopt;
  return facts;
}

std::optional<decide::Facts> parse_facts_file(const diag::SourcePtr& source, diag::Sink& sink) {
  auto const document = yaml::parse_yaml(source, sink);
  if (!document)
    return std::nullopt;
  if (document->root.is_absent())
    return sink.has_errors() ? std::nullopt : std::optional(decide::Facts());
  auto facts = parse_facts(*document, document->root, sink);
  return sink.has_errors() ? std::nullopt : std::move(facts);
}

} // namespace nvmf::host
