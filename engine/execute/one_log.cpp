#include "execute/one_log.hpp"

#include "execute/log_reader.hpp"
#include "execute/probe_target.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace nvmf::execute {

namespace {

base::Result<OneLog> read_connected(const OneLogWorld& world, const OneLogRequest& request,
                                    const std::string& device) {
  LogOutcome outcome =
      LogReader(world.files, world.port, world.clock)
          .read({.item = request.item, .device = device, .max_entries = request.max_entries});
  if (outcome.kind != LogOutcome::Kind::read)
    return tl::unexpected(std::move(outcome.error));
  return OneLog{.log = std::move(outcome.log), .own_nqn = std::move(outcome.own_nqn)};
}

} // namespace

base::Result<OneLog> read_one_log(const OneLogWorld& world, const OneLogRequest& request) {
  WriteRequest write{.id = request.id, .item = request.item, .stay = Stay::transient};
  if (const auto target = probe_target(request.item)) {
    if (const auto answer = world.probe(*target); !answer)
      return tl::unexpected(answer.error());
    write.probe = fabrics::FailedAttempt::Probe::answered;
  }
  const WriteOutcome made = world.writer.write(write);
  switch (made.kind) {
  case WriteOutcome::Kind::connected:
    break;
  case WriteOutcome::Kind::connected_by:
    return read_connected(world, request, made.device);
  case WriteOutcome::Kind::failed:
    return base::failure(made.reason);
  case WriteOutcome::Kind::postponed:
    return base::failure("another target that does not answer is being tried", EBUSY);
  case WriteOutcome::Kind::cancelled:
  case WriteOutcome::Kind::kept_away:
    return base::failure("cancelled", ECANCELED);
  }
  auto log = read_connected(world, request, made.device);
  if (const auto ended = world.writer.disconnect(made.device, request.item.tid, made.incarnation);
      !ended)
    return base::failure(
        fmt::format("{} could not be disconnected: {}", made.device, ended.error().message),
        ended.error().code);
  return log;
}

} // namespace nvmf::execute
