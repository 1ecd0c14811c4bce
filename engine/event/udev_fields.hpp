// The fields of a udev event, read one by one: what is there and wrong names itself.
#pragma once

#include "event/from_udev.hpp"

#include <tl/expected.hpp>

namespace nvmf::event {

// The content of a field: a value, nothing, or an invalid text.
template <class T>
using UdevField = tl::expected<std::optional<T>, Malformed>;

// An address of that transport.
UdevField<base::Traddr> address_field(const Properties& properties, const std::string& name,
                                      base::Transport transport);

// The five NVME_* keys and the device, as both kinds of events have them.
struct ConnectedAs {
  base::Endpoint endpoint;
  std::string device;
};

// NVME_TRTYPE and NVME_TRADDR are required (loop has no address); a tcp or rdma controller without
// NVME_TRSVCID is at the usual one of discovery controllers.
tl::expected<ConnectedAs, Malformed> read_connected_as(const Properties& properties);

} // namespace nvmf::event
