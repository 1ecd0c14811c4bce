#include "event/codec.hpp"

#include "base/nqn.hpp"
#include "event/map_fields.hpp"
#include "event/usual_service.hpp"
#include "policy/event_shapes.hpp"
#include "policy/foreign.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::event {

namespace {

using base::EventKind;
using base::Transport;
using policy::MatchKey;
using policy::Presence;

// The fields that other fields ask for.
constexpr const char* event_name = "event";
constexpr const char* transport_name = "transport";
constexpr const char* traddr_name = "traddr";
constexpr const char* subsystem_name = "subsystem-nqn";

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Field& field : fields())
      all.emplace_back(field.name);
    return all;
  }();
  return names;
}

// A field has the name of the condition on it, and so has a mistake in it.
yaml::UnknownKey other_name(const std::string& word) {
  policy::ForeignKey const foreign = policy::foreign_key(policy::Section::match, word);
  bool const is_field =
      std::find(field_names().begin(), field_names().end(), foreign.meant) != field_names().end();
  return is_field ? yaml::UnknownKey{.help = foreign.help, .meant = std::string(foreign.meant)}
                  : yaml::UnknownKey{};
}

// Reads all fields, then says what is missing and what does not go together.
class Decoder {
public:
  Decoder(yaml::Reader& reader, const yaml::Node& node)
      : sink_(reader.sink()), found_before_(sink_.findings().size()),
        map_(reader, node,
             {.described = "an event", .keys = field_names(), .explain_unknown = other_name}) {}

  std::optional<DescribedEvent> decode() {
    into_.event.kind = EventKind::discovered;
    for (const Field& field : fields())
      read(field);
    take_subject();
    require_fields();
    if (has_transport_) {
      check_transport();
      check_destination();
      take_usual_service();
    }
    check_subsystem();
    check_controller();
    if (into_.event.discovery_nqn.empty())
      into_.event.discovery_nqn = usual_discovery_nqn(into_.event);
    if (sink_.findings().size() != found_before_)
      return std::nullopt;
    return std::move(into_);
  }

private:
  policy::EventShape shape() const {
    return {into_.event.subject, into_.event.kind, into_.event.endpoint.transport};
  }
  bool says(const char* name) { return map_.find(name) != nullptr; }

  void read(const Field& field) {
    std::string const name(field.name);
    bool const needs_transport =
        field.form == FieldForm::address || field.form == FieldForm::service;
    if (needs_transport && !has_transport_)
      return; // nobody can say whether it is right
    bool const was_read = field.read(map_, name, into_);
    if (name == event_name)
      has_kind_ = was_read;
    if (name == transport_name)
      has_transport_ = was_read || take_only_transport();
  }

  bool has_only_fc() const {
    return policy::transports_of(into_.event.kind) == base::TransportSet{Transport::fc};
  }

  // Where the kind leaves no choice, it need not be said.
  bool take_only_transport() {
    if (says(transport_name) || !has_only_fc())
      return false;
    into_.event.endpoint.transport = Transport::fc;
    return true;
  }

  void require_fields() {
    map_.require(event_name);
    if (says(transport_name) || !has_only_fc())
      map_.require(transport_name);
    if (has_transport_ && into_.event.host_name.empty())
      require_if_always(MatchKey::traddr);
    if (has_kind_)
      require_if_always(MatchKey::subsystem_nqn);
  }
  void require_if_always(MatchKey key) {
    if (policy::presence(key, shape()) == Presence::always)
      map_.require(std::string(policy::to_string(key)));
  }

  void check_transport() {
    if (policy::transports_of(into_.event.kind).contains(into_.event.endpoint.transport))
      return;
    map_.report(code::out_of_range,
                fmt::format("a `{}` event has transport {}, not `{}`",
                            base::to_string(into_.event.kind),
                            into_.event.kind == EventKind::firmware ? "tcp" : "fc",
                            base::to_string(into_.event.endpoint.transport)),
                *map_.find(transport_name));
  }

  // A kind that may be about either is about the subsystem that is named; the well-known NQN is a
  // discovery controller's.
  void take_subject() {
    Event& event = into_.event;
    policy::SubjectSet const subjects = policy::subjects_of(event.kind);
    if (subjects.io_subsystems && subjects.discovery_controllers &&
        event.subsystem_nqn == base::well_known_discovery_nqn)
      event.subsystem_nqn.clear();
    bool const is_named = !event.subsystem_nqn.empty();
    event.subject = subjects.io_subsystems && (is_named || !subjects.discovery_controllers)
                        ? base::Subject::io_subsystem
                        : base::Subject::discovery_controller;
  }

  void check_subsystem() {
    Event const& event = into_.event;
    if (event.subsystem_nqn.empty())
      return;
    if (policy::presence(MatchKey::subsystem_nqn, shape()) == Presence::never)
      map_.report(code::unknown_key,
                  fmt::format("`subsystem-nqn` has no place in a `{}` event, which is about a "
                              "discovery controller",
                              base::to_string(event.kind)),
                  *map_.find(subsystem_name));
    else if (event.subsystem_nqn == base::well_known_discovery_nqn &&
             event.kind == EventKind::discovered)
      map_.report(code::bad_nqn, "`subsystem-nqn` is the well-known discovery NQN",
                  *map_.find(subsystem_name));
  }

  // The destinations that a discovery log's entry may not have either.
  void check_destination() {
    Event const& event = into_.event;
    const base::IpAddress* const ip = event.endpoint.traddr ? event.endpoint.traddr->ip() : nullptr;
    if (ip == nullptr)
      return;
    if (!ip->is_unicast())
      map_.report(code::bad_address,
                  fmt::format("`traddr`: `{}` is not the address of one host", ip->to_string()),
                  *map_.find(traddr_name));
    else if (ip->is_link_local() && ip->scope.empty() && event.endpoint.host_iface.empty())
      map_.report(
          code::bad_address,
          fmt::format("`traddr`: `{}` is link-local and no interface is known", ip->to_string()),
          *map_.find(traddr_name));
  }

  // One that was wrong is missing too, and was reported.
  void take_usual_service() {
    Event& event = into_.event;
    if (!event.endpoint.trsvcid)
      event.endpoint.trsvcid = usual_service(event.endpoint.transport, event.subject);
  }

  void check_belongs(MatchKey key) {
    std::string const name(policy::to_string(key));
    if (policy::presence(key, shape()) == Presence::never)
      map_.report(code::unknown_key,
                  fmt::format("`{}` does not belong in a `{}` event, which is about no connected "
                              "controller",
                              name, base::to_string(into_.event.kind)),
                  *map_.find(name));
  }

  // Only an event of a connected discovery controller says whose it is.
  void check_controller() {
    if (into_.event.owner)
      check_belongs(MatchKey::owner);
    if (into_.event.persistent)
      check_belongs(MatchKey::persistent);
  }

  diag::Sink& sink_;
  std::size_t found_before_;
  MapFields map_;
  DescribedEvent into_;
  bool has_kind_ = false; // without one nobody can say which names it needs
  bool has_transport_ = false;
};

} // namespace

bool is_set(const FieldValue& value) {
  return std::visit([](const auto& one) { return !one.empty(); }, value);
}

std::vector<NamedValue> encode(const DescribedEvent& event) {
  std::vector<NamedValue> values;
  for (const Field& field : fields())
    if (FieldValue value = field.get(event); is_set(value))
      values.push_back({field, std::move(value)});
  return values;
}

std::string_view usual_discovery_nqn(const Event& event) {
  bool const has_discovery_controller =
      event.subject == base::Subject::discovery_controller || event.kind == EventKind::discovered;
  return has_discovery_controller ? base::well_known_discovery_nqn : std::string_view();
}

std::optional<DescribedEvent> decode(const yaml::Document& document, const yaml::Node& node,
                                     diag::Sink& sink) {
  yaml::Reader reader(document.source, sink);
  return Decoder(reader, node).decode();
}

} // namespace nvmf::event
