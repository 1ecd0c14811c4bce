#include "execute/probe_target.hpp"

namespace nvmf::execute {

namespace {

bool sets(const plan::Item& item, base::OptionId option) {
  auto const found = item.connect.find(option);
  return found != item.connect.end() && found->second.value == base::OptionValue(true);
}

bool can_be_probed(const plan::Item& item) {
  const base::Endpoint& endpoint = *item.tid.endpoint;
  return endpoint.transport == base::Transport::tcp && item.probe && endpoint.traddr &&
         endpoint.traddr->ip() && endpoint.trsvcid;
}

// ICReq in the clear says nothing where TLS comes first, and asks for no digests.
bool can_be_probed_deeply(const plan::Item& item) {
  using enum base::OptionId;
  return !sets(item, tls) && !sets(item, concat) && !sets(item, hdr_digest) &&
         !sets(item, data_digest);
}

} // namespace

std::optional<fabrics::ProbeTarget> probe_target(const plan::Item& item) {
  if (!can_be_probed(item))
    return std::nullopt;
  const base::Endpoint& endpoint = *item.tid.endpoint;
  fabrics::ProbeTarget target{.address = *endpoint.traddr->ip(),
                              .port = *endpoint.trsvcid,
                              .interface = endpoint.host_iface};
  if (endpoint.host_traddr && endpoint.host_traddr->ip())
    target.source = *endpoint.host_traddr->ip();
  // A target that accepts and does not answer would hold up every connect of the host for ten
  // seconds: found out here, it costs nobody anything.
  if (can_be_probed_deeply(item))
    target.depth = fabrics::ProbeTarget::Depth::icresp;
  return target;
}

} // namespace nvmf::execute
