#include "execute/thread_hands.hpp"

#include "host/interfaces.hpp"

#include <memory>
#include <optional>
#include <sys/epoll.h>
#include <utility>

namespace nvmf::execute {

namespace {

void watch(const base::Fd& all, int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  ::epoll_ctl(all.get(), EPOLL_CTL_ADD, fd, &event);
}

} // namespace

std::optional<std::vector<decide::Interface>> present_interfaces() {
  auto found = host::read_interfaces();
  return found ? std::optional(std::move(*found)) : std::nullopt;
}

ThreadHands::ThreadHands(ConnectWriter::World world, HandsMark* mark)
    : port_(world.port), mark_(mark), connect_writer_(world),
      log_reader_(world.files, world.port, world.clock), both_(::epoll_create1(EPOLL_CLOEXEC)),
      writer_(1), readers_(most_readers) {
  watch(both_, writer_.fd());
  watch(both_, readers_.fd());
}

template <class Work>
auto ThreadHands::named(const std::string& id, const Work& work) {
  std::optional<HandsMark::Handling> handling;
  if (mark_ != nullptr)
    handling.emplace(*mark_, id);
  return work();
}

void ThreadHands::write(const WriteRequest& request, Then<WriteOutcome> then) {
  // One that may hold the kernel for a minute never goes before a path that answers, of whichever
  // source that is.
  bool const is_suspect = request.lane == WriteRequest::Lane::suspect;
  auto const turn = is_suspect ? Worker::Turn::last : Worker::Turn::in_order;
  auto write = [this, request, then = std::move(then)]() -> Worker::Completion {
    WriteOutcome outcome = named(request.id, [&] { return connect_writer_.write(request); });
    return [then, outcome = std::move(outcome)] { then(outcome); };
  };
  writer_.post(std::move(write), turn);
}

void ThreadHands::disconnect(const Disconnection& request, Then<base::Result<void>> then) {
  writer_.post([this, request, then = std::move(then)]() -> Worker::Completion {
    auto done = named(request.id, [&] {
      return connect_writer_.disconnect(request.device, request.tid, request.incarnation);
    });
    return [then, done = std::move(done)] { then(done); };
  });
}

void ThreadHands::adopt(const std::string& device, Then<base::Result<void>> then) {
  writer_.post([this, device, then = std::move(then)]() -> Worker::Completion {
    auto done = connect_writer_.adopt_firmware_path(device);
    return [then, done = std::move(done)] { then(done); };
  });
}

void ThreadHands::settle_left_overs() {
  settle_left_overs([](const base::Result<void>&) {});
}

void ThreadHands::settle_left_overs(Then<base::Result<void>> then) {
  writer_.post([this, then = std::move(then)]() -> Worker::Completion {
    connect_writer_.adopt();
    return [then] { then({}); };
  });
}

void ThreadHands::read_log(const LogRequest& request, Then<LogOutcome> then) {
  readers_.post([this, request, then = std::move(then)]() -> Worker::Completion {
    // A log is long: not copied.
    auto outcome =
        std::make_shared<LogOutcome>(named(request.id, [&] { return log_reader_.read(request); }));
    return [then, outcome] { then(std::move(*outcome)); };
  });
}

void ThreadHands::kernel_options(Then<base::Result<decide::KernelOptions>> then) {
  readers_.post([this, then = std::move(then)]() -> Worker::Completion {
    auto options = port_.kernel_options();
    return [then, options = std::move(options)] { then(options); };
  });
}

void ThreadHands::run_answers() {
  writer_.run_completions();
  readers_.run_completions();
}

void ThreadHands::finish() {
  connect_writer_.cancel();
  writer_.drop_waiting();
  readers_.drop_waiting();
}

void ThreadHands::stop() {
  connect_writer_.cancel();
  writer_.interrupt();
}

} // namespace nvmf::execute
