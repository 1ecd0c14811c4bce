// Network interfaces and their addresses, over rtnetlink (RTM_GETLINK, RTM_GETADDR).
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"

#include <vector>

namespace nvmf::host {

// Every interface with its addresses, in the kernel's order. `up` means administratively up with a
// carrier (IFF_UP and IFF_LOWER_UP). Tentative and failed (DAD) IPv6 addresses are left
// out: the kernel would not take them as a source.
base::Result<std::vector<decide::Interface>> read_interfaces();

// Tells that links, addresses or routes changed. For an event loop: poll `fd` for reading, then
// call `drain`.
class NetworkWatch {
public:
  static base::Result<NetworkWatch> open();

  int fd() const { return socket_.get(); }
  // Takes everything that waits; true if any of it can make a source address, an interface or a
  // route appear or go (an overflown queue counts as a change).
  bool drain();

private:
  explicit NetworkWatch(base::Fd socket) : socket_(std::move(socket)) {}
  base::Fd socket_;
};

} // namespace nvmf::host
