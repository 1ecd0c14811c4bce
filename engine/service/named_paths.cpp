#include "service/named_paths.hpp"

#include <algorithm>
#include <array>

namespace nvmf::service {

namespace {

constexpr std::array all_name_kinds{NameKind::id, NameKind::target, NameKind::device,
                                    NameKind::address, NameKind::subsystem};

bool has_address(const std::optional<base::Traddr>& address, const std::string& name) {
  const auto wanted = base::Traddr::parse_any(name);
  return address && wanted && address->same_as(*wanted);
}

bool names_source(NameKind kind, const std::string& name, const execute::State& state) {
  const event::Event& event = state.plan.event;
  switch (kind) {
  case NameKind::id:
    return state.id == name;
  case NameKind::target:
    return event.target == name;
  case NameKind::device:
    return event.device == name;
  case NameKind::address:
    return has_address(event.endpoint.traddr, name);
  case NameKind::subsystem:
    return false;
  }
  return false;
}

bool names_path(NameKind kind, const std::string& name, const execute::PathRecord& path) {
  switch (kind) {
  case NameKind::id:
  case NameKind::target:
    return false;
  case NameKind::device:
    return path.device == name;
  case NameKind::address:
    return path.tid.endpoint && has_address(path.tid.endpoint->traddr, name);
  case NameKind::subsystem:
    return path.tid.subsystem_nqn == name;
  }
  return false;
}

Meaning meaning_of(NameKind kind, const std::string& name,
                   const std::vector<execute::State>& states) {
  Meaning meaning{.kind = kind};
  const bool is_whole = kind == NameKind::id || kind == NameKind::target;
  for (const execute::State& state : states) {
    const bool is_source = names_source(kind, name, state);
    bool has_path = false;
    for (const execute::PathRecord& path : state.paths) {
      const bool is_path = names_path(kind, name, path);
      has_path = has_path || is_path;
      if (is_source || is_path)
        meaning.paths.push_back({&state, &path});
      if (is_path || (is_source && is_whole))
        meaning.own_paths.push_back({&state, &path});
    }
    if (is_source || has_path)
      meaning.sources.push_back(&state);
  }
  return meaning;
}

} // namespace

std::string_view to_string(NameKind kind) {
  switch (kind) {
  case NameKind::id:
    return "an id";
  case NameKind::target:
    return "a target";
  case NameKind::device:
    return "a device";
  case NameKind::address:
    return "an address";
  case NameKind::subsystem:
    return "a subsystem";
  }
  return {};
}

std::vector<Meaning> meanings(const std::vector<execute::State>& states, const std::string& name) {
  std::vector<Meaning> all;
  if (name.empty())
    return all;
  for (const NameKind kind : all_name_kinds) {
    Meaning meaning = meaning_of(kind, name, states);
    const bool is_known = std::any_of(all.begin(), all.end(), [&](const Meaning& one) {
      return one.sources == meaning.sources && one.paths == meaning.paths;
    });
    if (!meaning.sources.empty() && !is_known)
      all.push_back(std::move(meaning));
  }
  return all;
}

} // namespace nvmf::service
