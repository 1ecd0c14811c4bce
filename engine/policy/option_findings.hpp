// Options that contradict each other, judged on the levels that one connection looks them up in.
#pragma once

#include "policy/lookup.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nvmf::policy {

// The kind of a connection, as far as its options are concerned.
struct ConnectionKind {
  base::Transport transport = base::Transport::tcp;
  base::Subject subject = base::Subject::io_subsystem;
  bool stays = true; // false: a discovery controller that is disconnected after its log was read
};

struct OptionFinding {
  std::uint16_t code = 0;
  std::string message;
  std::string help;
  const OptionSetting* at = nullptr; // its place
};

// 605: the kernel gives up before it tried once.
std::optional<OptionFinding> loss_before_reconnect(const Levels& levels,
                                                   const ConnectionKind& kind);
// 606: the controller is gone before I/O would fail.
std::optional<OptionFinding> fast_fail_after_loss(const Levels& levels, const ConnectionKind& kind);
// 607: nothing notices a dead connection.
std::optional<OptionFinding> keep_alive_off(const Levels& levels, const ConnectionKind& kind);
// 506: `tls` with a key that nobody names; `has_key` where a level that is not known may name one.
std::optional<OptionFinding> tls_without_key(const Levels& levels, const ConnectionKind& kind,
                                             bool has_key);

} // namespace nvmf::policy
