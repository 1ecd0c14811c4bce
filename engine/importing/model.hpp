// The requests in configurations of other tools, in one form, before it is written as a policy.
//
// The readers (discovery_conf.hpp, config_json.hpp, fabrics_conf.hpp, stas_conf.hpp) turn files
// into an `Imported`; write_policy.hpp makes the YAML. Each value remembers the line it came from;
// anything that the policy language cannot say becomes a note. A secret never gets further than
// secret_names.hpp, which turns it into a reference.
#pragma once

#include "base/connect_option.hpp"
#include "base/duration.hpp"
#include "base/endpoint.hpp"
#include "policy/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::importing {

// A line of a file that is imported.
struct Origin {
  std::string path;
  std::uint32_t line = 0; // 0: the file as a whole, or a default of the tool

  std::string text() const; // `/etc/nvme/discovery.conf:3`
  bool operator==(const Origin&) const = default;
};

// A part of the old files that the policy lacks.
enum class Lost : std::uint8_t { nothing, connection, exclusion };

// Something that is not carried over, or that needs a hand.
struct Note {
  Origin origin;
  std::string text; // lower case, no final period, no secret
  Lost lost = Lost::nothing;
};

Note lost_connection(Origin origin, std::string_view why);
Note lost_exclusion(Origin origin, std::string_view why);

struct Setting {
  base::OptionValue value;
  Origin origin;
};
using Settings = std::map<base::OptionId, Setting>;

// Same options with the same values, wherever they came from.
bool same_values(const Settings& left, const Settings& right);

// Host NQN and host ID are values, or the files that hold them: `file:///etc/nvme/b.nqn`.
struct Identity {
  std::string name; // `default` or a name of its own
  std::string hostnqn;
  std::string hostid;
  Settings secrets;
  Origin origin;
  bool is_persona = false; // a host of its own beside this one: /etc/nvme completes nothing
};

// `file:///etc/nvme/b.nqn`, as sys.conf(5) has it, and its path.
bool names_file(std::string_view value);
std::string path_of(std::string_view value);

// A connection that the old configuration names.
struct Connection {
  Origin origin;
  base::Endpoint endpoint;
  std::string host_name;                        // in place of the endpoint's traddr
  std::string subsystem_nqn;                    // empty: a discovery controller
  std::optional<policy::Persistent> persistent; // discovery controllers
  std::optional<std::size_t> identity;          // index into Imported::identities; none: `default`
  Settings connect;                             // of this connection itself
  Settings discovered;                          // of what a discovery controller's log lists
  bool is_target = true; // false: accepted when it is announced, not known beforehand
};

// Controllers that must not be connected; a field that is not set is not compared.
struct Exclusion {
  enum class Of : std::uint8_t { discovery_controllers, io_controllers };
  Origin origin;
  Of of = Of::io_controllers;
  std::optional<base::Transport> transport;
  std::string traddr; // an address or a prefix
  std::optional<std::uint16_t> trsvcid;
  std::string host_iface;
  std::string nqn;
  std::string reason;
};

struct Imported {
  std::string title;              // what the policy says of itself in its first line
  std::vector<std::string> files; // that were read
  std::vector<Identity> identities;
  std::vector<Connection> connections;
  std::vector<Exclusion> exclusions;
  std::vector<Note> notes;
  // Whether the entries of discovery logs are connected, whatever their names.
  bool connects_what_is_listed = true;
  bool ignore_interface = false; // what is discovered is connected through whatever route
  // The first one of nvme-cli, whose udev rule discovers what FC ports announce.
  std::optional<Origin> file_of_nvme_cli;
  // How long what a discovery controller refers to is tried; none: as the policy's default.
  std::optional<base::Duration> give_up_after;
  // How often a discovery controller that does not stay is asked again; none: likewise.
  std::optional<base::Duration> poll;
  // This host's /etc/nvme; empty: unknown.
  std::string own_hostnqn;
  std::string own_hostid;

  void note(Origin origin, std::string text);
};

} // namespace nvmf::importing
