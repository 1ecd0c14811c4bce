#include "policy/decode/decode_endpoint.hpp"

#include "base/host_name.hpp"
#include "policy/address_form.hpp"
#include "policy/read_values.hpp"

#include <fmt/format.h>

namespace nvmf::policy {

namespace {

constexpr std::uint16_t discovery_port = 8009; // IANA: nvme-disc
constexpr std::uint16_t io_port = 4420;        // IANA: nvme, nvme-tcp and RDMA

bool has_ports(base::Transport transport) {
  return transport == base::Transport::tcp || transport == base::Transport::rdma;
}

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

void report_not_for_transport(Reader& reader, const MapView& map, std::string_view name,
                              base::Transport transport) {
  reader.report(212, fmt::format("`{}` does not apply to {}", name, to_string(transport)),
                map.key(name));
}

class EndpointDecoder {
public:
  EndpointDecoder(Reader& reader, const MapView& map, Section section,
                  const EndpointContext& context)
      : reader_(reader), map_(map), section_(section), context_(context) {
    shared_.transport = context.transport;
  }

  std::vector<TargetEndpoint> run() {
    read_host_side();
    if (section_ == Section::target_path)
      read_port();
    else
      shared_.trsvcid = context_.trsvcid;
    const yaml::Node* node = map_.find("traddr");
    if (node == nullptr)
      add_without_address();
    else
      for_each_value(reader_, *node, key("traddr"),
                     [&](const yaml::Node& each) { add_endpoint(each); });
    return std::move(endpoints_);
  }

private:
  const Key& key(std::string_view name) const { return *find_key(section_, name); }
  base::Transport transport() const { return context_.transport; }

  // A loop target is reached without one; a path needs one, which was reported.
  void add_without_address() {
    if (section_ == Section::target_path)
      return;
    if (transport() != base::Transport::loop) {
      if (!map_.is_meant("traddr") && !map_.is_meant("paths"))
        reader_.report(205, fmt::format("a target on {} needs `traddr`", to_string(transport())),
                       map_.node());
      return;
    }
    endpoints_.push_back(shared_);
    endpoints_.back().span = reader_.span(map_.node());
  }

  void add_endpoint(const yaml::Node& node) {
    TargetEndpoint endpoint = shared_;
    endpoint.span = reader_.span(node);
    if (is_other_form(node, AddressSide::controller))
      return;
    auto const text = read_text(reader_, node, key("traddr"));
    if (!text)
      return;
    if (has_ports(transport()) && base::is_host_name(*text))
      endpoint.host_name = *text;
    else
      endpoint.traddr = read_address(node, "traddr");
    if (endpoint.host_name.empty() && !endpoint.traddr)
      return;
    if (is_one_host(endpoint, node) && has_one_family(endpoint, node) && has_link(endpoint, node))
      endpoints_.push_back(std::move(endpoint));
  }

  void read_host_side() {
    if (const yaml::Node* node = map_.find("host-traddr")) {
      if (transport() == base::Transport::loop)
        report_not_for_transport(reader_, map_, "host-traddr", transport());
      else if (!is_other_form(*node, AddressSide::host) &&
               read_text(reader_, *node, key("host-traddr")))
        shared_.host_traddr = read_address(*node, "host-traddr");
    }
    const yaml::Node* node = map_.find("host-iface");
    if (node == nullptr)
      return;
    if (transport() != base::Transport::tcp)
      report_not_for_transport(reader_, map_, "host-iface", transport());
    if (!is_interface_pattern(*node))
      shared_.host_iface = read_interface(reader_, *node, key("host-iface")).value_or("");
  }

  bool is_interface_pattern(const yaml::Node& node) {
    bool const pattern = node.is_scalar() && (node.text.find_first_of("*?") != std::string::npos ||
                                              node.text.starts_with('@'));
    if (pattern)
      reader_
          .report(218, fmt::format("`{}` is a pattern, where one interface belongs", node.text),
                  node)
          .help = "name one interface, and add a path for each other one under `paths`";
    return pattern;
  }

  void read_port() {
    shared_.trsvcid = context_.trsvcid;
    const yaml::Node* node = map_.find("trsvcid");
    if (node == nullptr)
      return;
    if (!has_ports(transport())) {
      report_not_for_transport(reader_, map_, "trsvcid", transport());
      return;
    }
    if (auto const port = read_count(reader_, *node, key("trsvcid")))
      shared_.trsvcid = static_cast<std::uint16_t>(*port);
  }

  // Before its type: `10.20.1.10:8009` without quotes is a number of base 60 for some parsers.
  bool is_other_form(const yaml::Node& node, AddressSide side) {
    bool const free_text = transport() == base::Transport::loop;
    return !free_text && (report_pattern(reader_, node) || report_other_form(reader_, node, side));
  }

  std::optional<base::Traddr> read_address(const yaml::Node& node, std::string_view name) {
    auto address = base::Traddr::parse(transport(), node.text);
    if (address)
      return address;
    if (transport() == base::Transport::tcp && name == "host-traddr" &&
        report_interface(reader_, node))
      return std::nullopt;
    bool const takes_names = name == "traddr" && has_ports(transport());
    reader_
        .report(207,
                fmt::format("`{}` on {} must be {}{}, not `{}`", name, to_string(transport()),
                            address_form(transport()), takes_names ? " or a host name" : "",
                            node.text),
                node)
        .help = address_help(node.text, {.in_target = true, .takes_names = takes_names});
    return std::nullopt;
  }

  bool is_one_host(const TargetEndpoint& endpoint, const yaml::Node& node) {
    const base::IpAddress* ip = endpoint.traddr ? endpoint.traddr->ip() : nullptr;
    if (ip == nullptr || ip->is_unicast())
      return true;
    reader_.report(207, fmt::format("`{}` is not the address of one host", ip->to_string()), node);
    return false;
  }

  bool has_one_family(const TargetEndpoint& endpoint, const yaml::Node& node) {
    const base::IpAddress* there = endpoint.traddr ? endpoint.traddr->ip() : nullptr;
    const base::IpAddress* here = endpoint.host_traddr ? endpoint.host_traddr->ip() : nullptr;
    if (there == nullptr || here == nullptr || there->family == here->family)
      return true;
    diag::Finding& finding =
        reader_.report(207,
                       fmt::format("`{}` cannot reach `{}`: one is IPv4, the other IPv6",
                                   here->to_string(), there->to_string()),
                       *map_.find("host-traddr"));
    finding.spans.push_back({reader_.span(node), {}, false});
    return false;
  }

  // The kernel cannot know the link (RFC 4007). The interface is its scope, as in a log's entry.
  bool has_link(TargetEndpoint& endpoint, const yaml::Node& node) {
    const base::IpAddress* ip = endpoint.traddr ? endpoint.traddr->ip() : nullptr;
    if (ip == nullptr || !ip->is_link_local())
      return true;
    if (!endpoint.host_iface.empty())
      return take_scope(endpoint, *ip, node);
    if (!ip->scope.empty())
      return true;
    bool const is_tcp = transport() == base::Transport::tcp;
    reader_
        .report(207, fmt::format("link-local address `{}` without an interface", ip->to_string()),
                node)
        .help = fmt::format("write `{}%INTERFACE`{}", ip->to_string(),
                            is_tcp ? ", or add `host-iface`" : "");
    return false;
  }

  bool take_scope(TargetEndpoint& endpoint, base::IpAddress address, const yaml::Node& node) {
    if (!address.scope.empty() && address.scope != endpoint.host_iface) {
      reader_
          .report(207,
                  fmt::format("`{}` is not on interface `{}`, which `host-iface` names",
                              address.to_string(), endpoint.host_iface),
                  node)
          .help = "write the interface once, or the same one twice";
      return false;
    }
    address.scope = endpoint.host_iface;
    endpoint.traddr = base::Traddr(std::move(address));
    return true;
  }

  Reader& reader_;
  const MapView& map_;
  Section section_;
  EndpointContext context_;
  TargetEndpoint shared_; // what the addresses of this map have in common
  std::vector<TargetEndpoint> endpoints_;
};

} // namespace

std::optional<std::uint16_t> decode_target_port(Reader& reader, const MapView& target,
                                                base::Transport transport, base::Subject subject) {
  const yaml::Node* node = target.find("trsvcid");
  if (!has_ports(transport)) {
    if (node != nullptr)
      report_not_for_transport(reader, target, "trsvcid", transport);
    return std::nullopt;
  }
  bool const for_discovery =
      subject == base::Subject::discovery_controller && transport == base::Transport::tcp;
  std::uint16_t const usual = for_discovery ? discovery_port : io_port;
  if (node == nullptr)
    return usual;
  auto const port = read_count(reader, *node, *find_key(Section::target, "trsvcid"));
  return port ? static_cast<std::uint16_t>(*port) : usual;
}

std::vector<TargetEndpoint> decode_endpoints(Reader& reader, const MapView& map, Section section,
                                             const EndpointContext& context) {
  return EndpointDecoder(reader, map, section, context).run();
}

} // namespace nvmf::policy
