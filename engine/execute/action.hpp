// The actions that a session asks of its loop. The session itself does nothing: it takes events and
// answers with the next actions, so that it can be tested with any order of answers and any clock.
#pragma once

#include "execute/connect_writer.hpp"
#include "execute/log_reader.hpp"
#include "execute/path.hpp"
#include "fabrics/probe.hpp"
#include "systemd/journal.hpp"

#include <string>
#include <variant>
#include <vector>

namespace nvmf::execute {

namespace action {

struct StartProbe { // → Session::probe_done
  PathId path = 0;
  fabrics::ProbeTarget target;
  base::Duration timeout{};
};
struct StopProbe {
  PathId path = 0;
};
struct Write { // → Session::write_done; one at a time
  PathId path = 0;
  WriteRequest request;
};
struct ReadLog { // → Session::log_done
  PathId path = 0;
  LogRequest request;
};
// → Session::disconnect_done; by the writer, if it is still that controller (of any incarnation
// where it is 0), a discovery controller of this endpoint
struct Disconnect {
  std::string device;
  plan::Tid tid;
  std::uint64_t incarnation = 0;
};
struct Keep { // the discovery controller `device`, which we made, is to stay
  std::string device;
  // By what its later events are carried out: this session, whose event it is about, or one of its
  // own, where a referral led to it.
  enum class Events : std::uint8_t { here, own_session } events = Events::here;
};
struct Adopt { // `device` is a path of the firmware's table and has no owner: from now on it has
               // one
  std::string device;
};
struct Log {
  systemd::JournalLine line;
};
struct Save {};     // the state changed
struct Finish {};   // the request is fulfilled: save the state, then let the request go
struct Progress {}; // something was reached since the start
struct BeginAgain { // → Session::begin, with the world as it is now
  enum class Logs : std::uint8_t { read_again, as_known } logs = Logs::read_again;
};

} // namespace action

using Action = std::variant<action::StartProbe, action::StopProbe, action::Write, action::ReadLog,
                            action::Disconnect, action::Keep, action::Adopt, action::Log,
                            action::Save, action::Finish, action::Progress, action::BeginAgain>;
using Actions = std::vector<Action>;

} // namespace nvmf::execute
