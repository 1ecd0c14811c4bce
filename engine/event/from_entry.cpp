#include "event/from_entry.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"
#include "event/usual_service.hpp"

#include <fmt/format.h>

namespace nvmf::event {

namespace {

using base::Transport;
using Kind = EntryProblem::Kind;

// ADRFAM (NVMe over Fabrics, "Discovery Log Page Entry").
constexpr std::uint8_t adrfam_ipv4 = 1;
constexpr std::uint8_t adrfam_ipv6 = 2;
constexpr std::uint8_t adrfam_infiniband = 3;
constexpr std::uint8_t adrfam_fc = 4;
constexpr std::uint8_t adrfam_loop = 254;

constexpr std::string_view forbidden_text =
    "contains a comma, blank, control or non-ASCII character";

std::optional<Transport> transport_of(std::uint8_t trtype) {
  switch (trtype) {
  case 1:
    return Transport::rdma;
  case 2:
    return Transport::fc;
  case 3:
    return Transport::tcp;
  case 254:
    return Transport::loop;
  default:
    return std::nullopt;
  }
}

std::string shown_family(std::uint8_t adrfam) {
  switch (adrfam) {
  case adrfam_ipv4:
    return "ipv4";
  case adrfam_ipv6:
    return "ipv6";
  case adrfam_infiniband:
    return "infiniband";
  case adrfam_fc:
    return "fibre-channel";
  case adrfam_loop:
    return "loop";
  default:
    return fmt::format("{}", adrfam);
  }
}

bool family_fits(Transport transport, std::uint8_t adrfam) {
  switch (transport) {
  case Transport::tcp:
    return adrfam == adrfam_ipv4 || adrfam == adrfam_ipv6;
  case Transport::rdma:
    return adrfam == adrfam_ipv4 || adrfam == adrfam_ipv6 || adrfam == adrfam_infiniband;
  case Transport::fc:
    return adrfam == adrfam_fc;
  case Transport::loop:
    return adrfam == adrfam_loop;
  }
  return false;
}

// The text is looked at, not the value: `::ffff:192.0.2.1` is written as IPv6 and is IPv4.
bool address_fits(std::uint8_t adrfam, std::string_view text) {
  bool const written_as_v6 = text.find(':') != std::string_view::npos;
  if (adrfam == adrfam_ipv4)
    return !written_as_v6;
  if (adrfam == adrfam_ipv6 || adrfam == adrfam_infiniband)
    return written_as_v6;
  return true;
}

// Reads one entry step by step. Each step fills in what it could read and returns what is wrong, in
// words; nothing if all is well.
class EntryReader {
public:
  EntryReader(const LogEntry& entry, const Event& parent) : entry_(entry), parent_(parent) {
    if (entry.subtype == EntrySubtype::referral || entry.subtype == EntrySubtype::current_discovery)
      subject_ = base::Subject::discovery_controller;
    transport_ = transport_of(entry.trtype);
    if (transport_)
      endpoint_.transport = *transport_;
  }

  EntryReading read() {
    for (auto step : {&EntryReader::read_texts, &EntryReader::read_nqn, &EntryReader::read_address,
                      &EntryReader::read_service, &EntryReader::take_host_side})
      if (auto wrong = (this->*step)())
        return problem(Kind::invalid_entry, std::move(*wrong));
    if (!transport_)
      return problem(Kind::not_a_fabric, fmt::format("trtype {}", entry_.trtype));
    if (entry_.subtype == EntrySubtype::unknown)
      return problem(Kind::unknown_subtype, {});
    if (entry_.subtype == EntrySubtype::current_discovery)
      return problem(Kind::self_entry, {});
    return EntryEvent{.event = event(), .nqn = nqn_};
  }

private:
  using Wrong = std::optional<std::string>;

  Wrong read_texts() {
    if (!base::is_option_text(entry_.subnqn))
      return fmt::format("subsystem-nqn {}", forbidden_text);
    // FC names may come with a comma between them; parsing makes them canonical.
    bool const fc_address =
        transport_ == Transport::fc && base::Traddr::parse(Transport::fc, entry_.traddr);
    if (!fc_address && !base::is_option_text(entry_.traddr))
      return fmt::format("traddr {}", forbidden_text);
    if (!base::is_option_text(entry_.trsvcid))
      return fmt::format("trsvcid {}", forbidden_text);
    return std::nullopt;
  }

  Wrong read_nqn() {
    if (auto const wrong = base::nqn_problem(entry_.subnqn))
      return fmt::format("subsystem-nqn {}", *wrong);
    // The kernel makes a discovery controller of whatever is connected by this name.
    if (entry_.subtype == EntrySubtype::nvm_subsystem &&
        entry_.subnqn == base::well_known_discovery_nqn)
      return "subsystem-nqn is the well-known discovery NQN";
    nqn_ = entry_.subnqn;
    return std::nullopt;
  }

  Wrong read_address() {
    if (!transport_)
      return std::nullopt;
    if (!family_fits(*transport_, entry_.adrfam))
      return fmt::format("address family {} does not fit transport {}", shown_family(entry_.adrfam),
                         base::to_string(*transport_));
    bool const absent = entry_.traddr.empty() || entry_.traddr == "none";
    if (absent && *transport_ == Transport::loop)
      return std::nullopt;
    if (absent)
      return "traddr is empty";
    endpoint_.traddr = base::Traddr::parse(*transport_, entry_.traddr);
    if (!endpoint_.traddr)
      return fmt::format("traddr `{}` is not a valid {} address", entry_.traddr,
                         base::to_string(*transport_));
    // A discovery controller may list itself so.
    bool const is_self = entry_.subtype == EntrySubtype::current_discovery;
    if (endpoint_.traddr->ip() && !endpoint_.traddr->ip()->is_unicast() && !is_self)
      return fmt::format("traddr `{}` is not the address of one host", entry_.traddr);
    if (!address_fits(entry_.adrfam, entry_.traddr)) {
      endpoint_.traddr.reset();
      return fmt::format("traddr `{}` does not fit address family {}", entry_.traddr,
                         shown_family(entry_.adrfam));
    }
    return std::nullopt;
  }

  Wrong read_service() {
    if (!transport_ || *transport_ == Transport::fc || *transport_ == Transport::loop)
      return std::nullopt;
    if (entry_.trsvcid.empty() || entry_.trsvcid == "none") {
      endpoint_.trsvcid = usual_service(*transport_, subject_);
      return std::nullopt;
    }
    endpoint_.trsvcid = parse_service(entry_.trsvcid);
    if (!endpoint_.trsvcid)
      return fmt::format("trsvcid `{}` is not a valid port number", entry_.trsvcid);
    return std::nullopt;
  }

  Wrong take_host_side() {
    if (!transport_)
      return std::nullopt;
    if (parent_.endpoint.transport == *transport_) {
      endpoint_.host_traddr = parent_.endpoint.host_traddr;
      if (*transport_ == Transport::tcp)
        endpoint_.host_iface = parent_.endpoint.host_iface;
    }
    if (!endpoint_.traddr || !endpoint_.traddr->ip() || !endpoint_.traddr->ip()->is_link_local())
      return std::nullopt;
    base::IpAddress address = *endpoint_.traddr->ip();
    if (address.scope.empty())
      address.scope = endpoint_.host_iface;
    if (address.scope.empty())
      return fmt::format("traddr `{}` is link-local and no interface is known", entry_.traddr);
    if (*transport_ == Transport::tcp && endpoint_.host_iface.empty())
      endpoint_.host_iface = address.scope;
    if (!endpoint_.host_iface.empty() && endpoint_.host_iface != address.scope)
      return fmt::format("traddr `{}` is not on interface `{}`", entry_.traddr,
                         endpoint_.host_iface);
    endpoint_.traddr = base::Traddr(std::move(address));
    return std::nullopt;
  }

  Event event() const {
    return Event{.kind = entry_.subtype == EntrySubtype::referral ? base::EventKind::referral
                                                                  : base::EventKind::discovered,
                 .subject = subject_,
                 .endpoint = endpoint_,
                 .subsystem_nqn = entry_.subtype == EntrySubtype::referral ? std::string() : nqn_,
                 .discovery_nqn = parent_.discovery_nqn.empty()
                                      ? std::string(base::well_known_discovery_nqn)
                                      : parent_.discovery_nqn,
                 .host_nqn = parent_.host_nqn,
                 .hostid = parent_.hostid,
                 .identity = parent_.identity,
                 .portid = entry_.portid,
                 .secure_channel = entry_.secure_channel,
                 .sectype = transport_ == base::Transport::tcp ? entry_.sectype : std::uint8_t{0},
                 .sources = parent_.sources};
  }

  EntryProblem problem(Kind kind, std::string detail) const {
    std::optional<base::Endpoint> endpoint;
    if (transport_)
      endpoint = {
          .transport = *transport_, .traddr = endpoint_.traddr, .trsvcid = endpoint_.trsvcid};
    return EntryProblem{.kind = kind,
                        .detail = std::move(detail),
                        .endpoint = std::move(endpoint),
                        .nqn = nqn_,
                        .subject = subject_};
  }

  const LogEntry& entry_;
  const Event& parent_;
  base::Subject subject_ = base::Subject::io_subsystem;
  std::optional<Transport> transport_;
  base::Endpoint endpoint_; // its transport is transport_ where there is one
  std::string nqn_;
};

} // namespace

EntryReading from_entry(const LogEntry& entry, const Event& parent) {
  return EntryReader(entry, parent).read();
}

std::string own_nqn(const DiscoveryLog& log, const Event& controller) {
  for (const LogEntry& entry : log.entries) {
    EntryReading const reading = from_entry(entry, controller);
    const auto* self = std::get_if<EntryProblem>(&reading);
    bool const is_own = self && self->kind == Kind::self_entry && self->endpoint &&
                        self->endpoint->same_port(controller.endpoint);
    if (is_own && self->nqn != base::well_known_discovery_nqn)
      return self->nqn;
  }
  return {};
}

} // namespace nvmf::event
