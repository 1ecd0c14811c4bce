#include "execute/log_reader.hpp"

#include "base/nqn.hpp"
#include "fabrics/discovery_log.hpp"
#include "host/controllers.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::execute {

namespace {

LogOutcome gone(std::string why) {
  return {.kind = LogOutcome::Kind::gone, .error = {.message = std::move(why), .code = ENODEV}};
}

LogOutcome failed(base::Error error) {
  return {.kind = LogOutcome::Kind::failed, .error = std::move(error)};
}

// The kernel refuses to open a controller that is not live (EAGAIN): it is there all the same.
bool means_device_gone(int code) { return code == ENOENT || code == ENODEV || code == ENXIO; }

} // namespace

bool is_discovery_controller_of(const plan::Tid& tid, const decide::Controller& controller) {
  return controller.type != decide::ControllerType::io && tid.endpoint &&
         tid.endpoint->same_port(controller.endpoint);
}

LogOutcome LogReader::read(const LogRequest& request) const {
  // Opened first, compared then: an open device keeps its number.
  auto device = port_->open(request.device);
  if (!device)
    return means_device_gone(device.error().code) ? gone(device.error().message)
                                                  : failed(device.error());
  auto const looked = host::look_at_controller(*files_, request.device);
  if (!looked)
    return failed(looked.error());
  auto const& controller = *looked;
  if (!controller || !is_discovery_controller_of(request.item.tid, *controller))
    return gone(fmt::format("{} is another controller now", request.device));
  if (controller->state != "live")
    return failed(
        {.message = fmt::format("{} is {}", request.device, controller->state), .code = EAGAIN});
  LogOutcome outcome;
  auto const identity = (*device)->identify_controller();
  if (!identity)
    return failed(identity.error());
  if (base::is_nqn(identity->subsystem_nqn))
    outcome.own_nqn = identity->subsystem_nqn;
  bool const unique = !outcome.own_nqn.empty() && outcome.own_nqn != base::well_known_discovery_nqn;
  if (unique && request.nqn == LogRequest::Nqn::unique_first) {
    outcome.kind = LogOutcome::Kind::reconnect_as;
    return outcome;
  }
  auto log =
      fabrics::read_discovery_log(**device, {.max_entries = request.max_entries, .clock = clock_});
  if (!log)
    return failed(log.error());
  outcome.kind = LogOutcome::Kind::read;
  outcome.log = std::move(*log);
  return outcome;
}

} // namespace nvmf::execute
