#include "importing/identities.hpp"

#include "base/nqn.hpp"
#include "importing/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace nvmf::importing {

namespace {

// The identity of a connection that names none: both halves from /etc/nvme.
bool is_own(const Identity& identity) {
  return identity.hostnqn.empty() && identity.hostid.empty();
}

bool is_half(const Identity& identity) {
  return identity.hostnqn.empty() != identity.hostid.empty();
}

// Its other half is that of /etc/nvme, if it is `default`.
bool is_completed(const Identity& identity) { return is_half(identity) && !identity.is_persona; }

// One says the same as the other, or less.
bool are_one(const Identity& one, const Identity& other) {
  if (one.hostnqn != other.hostnqn)
    return false;
  return one.hostid == other.hostid ||
         (!one.hostnqn.empty() && (one.hostid.empty() || other.hostid.empty()));
}

// Why the kernel would refuse the second while the first is in use.
std::optional<std::string> conflict(const Identity& first, const Identity& second) {
  if (!second.hostid.empty() && first.hostid == second.hostid)
    return fmt::format("its host id has another host NQN at {}", first.origin.text());
  if (!second.hostnqn.empty() && first.hostnqn == second.hostnqn)
    return fmt::format("its host NQN has another host id at {}", first.origin.text());
  return std::nullopt;
}

bool applies(const Settings& secrets, const Connection& connection) {
  return std::all_of(secrets.begin(), secrets.end(), [&](const auto& one) {
    return base::connect_option(one.first).transports.contains(connection.endpoint.transport);
  });
}

class Settlement {
public:
  explicit Settlement(Imported& imported) : imported_(imported) {}

  void settle() {
    fold_own();
    drop_unused();
    merge();
    choose_default();
    for (std::size_t at = 0; at < kept_.size(); ++at)
      complete(at);
    report_conflicts();
    place_secrets();
    take_out_refused();
    name_all();
  }

private:
  struct Kept {
    Identity identity;
    std::string refused; // why its connections cannot be carried over
  };

  // An identity with this host's own values, or with one half of them, is that of /etc/nvme.
  void fold_own() {
    for (Identity& identity : imported_.identities) {
      if (identity.hostnqn == "file:///etc/nvme/hostnqn")
        identity.hostnqn = imported_.own_hostnqn;
      if (identity.hostid == "file:///etc/nvme/hostid")
        identity.hostid = imported_.own_hostid;
      const auto is_own_half = [](const std::string& one, const std::string& own) {
        return one.empty() || one == own;
      };
      if (!is_own_half(identity.hostnqn, imported_.own_hostnqn) ||
          !is_own_half(identity.hostid, imported_.own_hostid))
        continue;
      identity.hostnqn.clear();
      identity.hostid.clear();
    }
  }

  // The values; of the host's own those of /etc/nvme.
  Identity values_of(const Kept& kept) const {
    Identity values = kept.identity;
    if (is_own(values))
      values = {.hostnqn = imported_.own_hostnqn,
                .hostid = imported_.own_hostid,
                .origin = {"/etc/nvme"}};
    return values;
  }

  void drop_unused() {
    used_.assign(imported_.identities.size(), false);
    for (const Connection& connection : imported_.connections)
      if (connection.identity)
        used_[*connection.identity] = true;
    for (std::size_t at = 0; at < used_.size(); ++at)
      if (!used_[at])
        imported_.note(imported_.identities[at].origin,
                       "this host identity is not carried over: no connection uses it");
  }

  // `kept_of_[at]` is where the identity went.
  void merge() {
    const bool own_is_used =
        std::any_of(imported_.connections.begin(), imported_.connections.end(),
                    [](const Connection& connection) { return !connection.identity; });
    if (own_is_used)
      kept_.push_back({});
    for (std::size_t at = 0; at < imported_.identities.size(); ++at)
      kept_of_.push_back(used_[at] ? kept_for(imported_.identities[at]) : 0);
  }

  std::size_t kept_for(const Identity& identity) {
    for (std::size_t at = 0; at < kept_.size(); ++at) {
      Identity& known = kept_[at].identity;
      if (!are_one(known, identity))
        continue;
      if (known.hostid != identity.hostid)
        note_taken(known, identity);
      known.is_persona &= identity.is_persona;
      return at;
    }
    kept_.push_back({.identity = {.hostnqn = identity.hostnqn,
                                  .hostid = identity.hostid,
                                  .origin = identity.origin,
                                  .is_persona = identity.is_persona}});
    return kept_.size() - 1;
  }

  // Only one of the two has a host id.
  void note_taken(Identity& known, const Identity& identity) {
    const bool from_known = identity.hostid.empty();
    imported_.note(from_known ? identity.origin : known.origin,
                   fmt::format("this host NQN has no host id here: that of {} is taken",
                               (from_known ? known : identity).origin.text()));
    if (!from_known)
      known.hostid = identity.hostid;
  }

  // The host's own where it is used; else one that needs a half of it; else the only one.
  void choose_default() {
    const auto first = [&](auto condition) {
      return std::find_if(kept_.begin(), kept_.end(),
                          [&](const Kept& one) { return condition(one.identity); });
    };
    auto chosen = first(is_own);
    if (chosen == kept_.end())
      chosen = first(is_completed);
    if (chosen == kept_.end() && kept_.size() == 1 && !is_half(kept_.front().identity))
      chosen = kept_.begin();
    if (chosen != kept_.end())
      chosen->identity.name = "default";
  }

  // Only `default` has what /etc/nvme says.
  void complete(std::size_t at) {
    Identity& identity = kept_[at].identity;
    if (identity.name == "default" || !is_half(identity))
      return;
    const auto uuid = base::uuid_of_nqn(identity.hostnqn);
    const bool is_persona = identity.is_persona;
    if (uuid && !base::is_placeholder_uuid(*uuid)) {
      identity.hostid = *uuid;
      imported_.note(identity.origin,
                     fmt::format("this host NQN has no host id: its own UUID is taken{}",
                                 is_persona ? ", which stays the same, unlike the kernel's"
                                            : ", because /etc/nvme/hostid is that of another"));
    } else if (is_persona && identity.hostid.empty()) {
      kept_[at].refused =
          "its host NQN has no host id, and the kernel would make up another one at "
          "every boot: write one beside it";
    } else {
      kept_[at].refused =
          identity.hostid.empty()
              ? "its host NQN has no host id, and /etc/nvme/hostid is that of another"
              : "its host id has no host NQN, and /etc/nvme/hostnqn is that of another";
    }
  }

  void report_conflicts() {
    for (std::size_t second = 0; second < kept_.size(); ++second)
      for (std::size_t first = 0; first < second; ++first)
        if (kept_[first].refused.empty() && kept_[second].refused.empty())
          if (const auto problem = conflict(values_of(kept_[first]), values_of(kept_[second])))
            kept_[second].refused = *problem + ", and the kernel takes one for each";
  }

  std::size_t kept_of(const Connection& connection) const {
    return connection.identity ? kept_of_[*connection.identity] : 0; // the own one is the first
  }

  const Settings& secrets_of(const Connection& connection) const {
    static const Settings none;
    return connection.identity ? imported_.identities[*connection.identity].secrets : none;
  }

  void place_secrets() {
    for (std::size_t at = 0; at < kept_.size(); ++at) {
      const Connection* first = nullptr;
      bool shared = true;
      for (const Connection& connection : imported_.connections) {
        if (kept_of(connection) != at)
          continue;
        first = first == nullptr ? &connection : first;
        shared = shared && same_values(secrets_of(connection), secrets_of(*first)) &&
                 applies(secrets_of(connection), connection);
      }
      if (shared && first != nullptr)
        kept_[at].identity.secrets = secrets_of(*first);
      else
        give_out_secrets(at);
    }
  }

  void give_out_secrets(std::size_t at) {
    for (Connection& connection : imported_.connections) {
      if (kept_of(connection) != at)
        continue;
      const Settings& secrets = secrets_of(connection);
      connection.connect.insert(secrets.begin(), secrets.end());
      if (connection.subsystem_nqn.empty())
        connection.discovered.insert(secrets.begin(), secrets.end());
    }
  }

  void take_out_refused() {
    std::erase_if(imported_.connections, [&](const Connection& connection) {
      const std::string& why = kept_[kept_of(connection)].refused;
      if (!why.empty())
        imported_.notes.push_back(lost_connection(connection.origin, why));
      return !why.empty();
    });
  }

  // Identities that say nothing are left out.
  void name_all() {
    Names names;
    names.unique("default");
    std::vector<std::optional<std::size_t>> place(kept_.size());
    std::vector<Identity> identities;
    for (std::size_t at = 0; at < kept_.size(); ++at) {
      Identity& identity = kept_[at].identity;
      if (!kept_[at].refused.empty() || (is_own(identity) && identity.secrets.empty()))
        continue;
      if (identity.name.empty())
        identity.name = names.unique(
            "host-" +
            kebab(std::string_view(identity.hostnqn).substr(identity.hostnqn.rfind(':') + 1)));
      place[at] = identities.size();
      identities.push_back(identity);
    }
    for (Connection& connection : imported_.connections)
      connection.identity = place[kept_of(connection)];
    imported_.identities = std::move(identities);
  }

  Imported& imported_;
  std::vector<bool> used_;           // by index into Imported::identities
  std::vector<std::size_t> kept_of_; // likewise
  std::vector<Kept> kept_;
};

} // namespace

void settle_identities(Imported& imported) { Settlement(imported).settle(); }

} // namespace nvmf::importing
