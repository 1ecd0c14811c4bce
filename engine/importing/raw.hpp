// Settings as the old files spell them, and what they mean: the one place that knows.
//
// All formats are brought to the same names first: the long options of `nvme connect`
// (`ctrl-loss-tmo`, `host-iface`, `nqn` …).
#pragma once

#include "importing/model.hpp"
#include "importing/secret_names.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::importing {

struct RawValue {
  std::string text; // may hold a secret: never shown
  Origin origin;
};
using Raw = std::map<std::string, RawValue>;

// Takes out what looks like a secret where none belongs, with a note: some values are copied as
// they are.
void take_out_secrets(Raw& raw, std::vector<Note>& notes);

// `ctrl_loss_tmo`, `dhchap_key`, `kato` … as `nvme connect` calls them today.
std::string usual_name(std::string_view name);

// `1 yes y true t on` and `0 no n false f off`, any case.
std::optional<bool> truth(std::string_view text);

// The connect options among the values. Values that cannot be said, or are not valid, are noted in
// `notes`. Values that mean the kernel's default (0 queues, `false`) are left out.
Settings settings_of(const Raw& raw, SecretNames& secrets, std::vector<Note>& notes);

// The secrets among the values: those of an identity.
Raw secrets_of(const Raw& raw);

// The same settings for the discovery controller itself, without queues. A queue option that is not
// among `discovered`, the settings of its log's entries, is lost and noted.
Settings for_discovery_controller(Settings settings, const Settings& discovered,
                                  std::vector<Note>& notes);

// nvme-cli's settings for a discovery controller whose log's entries have `discovered`: the same,
// stays only where that is said, and has a keep-alive only then (nvme-cli, fabrics.c,
// set_discovery_kato).
void put_discovery_settings(Connection& connection, std::vector<Note>& notes);

// The connection that the values name, without settings. Nothing, after a note, where that is not
// possible: no transport, a host name for an address …
std::optional<Connection> connection_of(const Raw& raw, const Origin& origin,
                                        std::vector<Note>& notes);

// `hostnqn` and `hostid` of the values, with the secrets of `secrets`, as an identity of
// `imported`; none if nothing of it is there.
std::optional<std::size_t> identity_of(const Raw& raw, Settings secrets, Imported& imported);

// Notes every value whose name nobody knows.
void note_unknown(const Raw& raw, std::vector<Note>& notes);

} // namespace nvmf::importing
