#include "execute/hands_program.hpp"

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "execute/crash_mark.hpp"
#include "execute/hands_messages.hpp"
#include "execute/message_socket.hpp"
#include "execute/resident_memory.hpp"
#include "execute/thread_hands.hpp"
#include "fabrics/fabrics_port.hpp"
#include "fabrics/secret_source.hpp"
#include "host/controller_news.hpp"
#include "host/controller_note.hpp"
#include "host/fabrics_mounts.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace nvmf::execute {

namespace {

class HandsServer {
public:
  HandsServer(MessageSocket socket, ThreadHands& hands, const base::FileSystem& files,
              HandsMark& mark)
      : socket_(std::move(socket)), hands_(&hands), files_(&files), mark_(&mark) {}

  // Until the other end is closed and the kernel has nothing of the writer's any more.
  void serve() {
    while (!is_closed_ || hands_->writes()) {
      wait();
      hands_->run_answers();
      if (is_closed_)
        continue;
      socket_.send_waiting();
      if (socket_.waiting() <= MessageSocket::most_waiting)
        take_requests();
      if (socket_.is_broken() && !is_closed_)
        close();
    }
  }

private:
  void wait() {
    bool const takes = socket_.waiting() <= MessageSocket::most_waiting;
    auto const events =
        static_cast<short>((takes ? POLLIN : 0) | (socket_.waiting() > 0 ? POLLOUT : 0));
    std::array<pollfd, 2> sources{{{.fd = hands_->fd(), .events = POLLIN, .revents = 0},
                                   {.fd = socket_.fd(), .events = events, .revents = 0}}};
    // A signal ends it earlier, which does no harm.
    (void)::poll(sources.data(), sources.size(), -1);
  }

  void close() {
    is_closed_ = true;
    hands_->finish();
    socket_.close();
  }

  void take_requests() {
    socket_.receive();
    while (auto const bytes = is_closed_ ? std::nullopt : socket_.next_message()) {
      auto request = request_from_bytes(*bytes);
      if (!request)
        return close();
      std::visit([&](const auto& what) { begin(request->number, what); }, request->what);
    }
  }

  template <class T>
  auto answer_with(std::uint64_t number) {
    return [this, number](T what) { answer(number, std::move(what)); };
  }

  void begin(std::uint64_t number, const WriteRequest& request) {
    hands_->write(request, [this, number, request](const WriteOutcome& outcome) {
      answer(number, outcome);
      if (is_closed_)
        end_transient(request, outcome);
    });
  }
  void begin(std::uint64_t number, const LogRequest& request) {
    // A log is what others wrote.
    hands_->read_log(request, [this, number, id = request.id](LogOutcome outcome) {
      HandsMark::Handling const handling(*mark_, id);
      answer(number, std::move(outcome));
    });
  }
  void begin(std::uint64_t number, const Disconnection& request) {
    hands_->disconnect(request, answer_with<base::Result<void>>(number));
  }
  void begin(std::uint64_t number, const wish::Adopt& request) {
    hands_->adopt(request.device, answer_with<base::Result<void>>(number));
  }
  // In the writer's order, like every other request.
  void begin(std::uint64_t number, const wish::SettleLeftOvers&) {
    hands_->settle_left_overs(answer_with<base::Result<void>>(number));
  }
  void begin(std::uint64_t number, const wish::KernelOptions&) {
    hands_->kernel_options(answer_with<base::Result<decide::KernelOptions>>(number));
  }
  void begin(std::uint64_t number, const wish::SignOfLife&) {
    answer(number, base::Result<void>());
  }
  void begin(std::uint64_t, const wish::Stop&) { hands_->stop(); }

  void answer(std::uint64_t number, HandsAnswer::What what) {
    if (is_closed_)
      return;
    if (!socket_.send(to_bytes(HandsAnswer{number, std::move(what)})))
      (void)socket_.send(to_bytes(HandsAnswer{
          number, LogOutcome{.kind = LogOutcome::Kind::failed,
                             .error = {.message = "the log is too long", .code = EMSGSIZE}}}));
    if (socket_.is_broken())
      close();
  }

  // Nobody is there who would read the log of a discovery controller that was connected for that;
  // unless the next executor has taken it over meanwhile.
  void end_transient(const WriteRequest& request, const WriteOutcome& outcome) {
    if (outcome.kind != WriteOutcome::Kind::connected || request.stay != Stay::transient)
      return;
    auto const note = host::read_controller_note(*files_, outcome.device);
    if (note == host::ControllerNote{.id = request.id, .stay = Stay::transient})
      hands_->disconnect({.device = outcome.device,
                          .tid = request.item.tid,
                          .incarnation = outcome.incarnation,
                          .id = request.id},
                         [](const base::Result<void>&) {});
  }

  MessageSocket socket_;
  ThreadHands* hands_;
  const base::FileSystem* files_;
  HandsMark* mark_;
  bool is_closed_ = false;
};

bool is_socket(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

// The loop began this process with its signals blocked; no thread runs yet.
void leave_signals_to_loop() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int const signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) {
    ::signal(signal, SIG_IGN);
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

} // namespace

bool run_hands(const std::string& root) {
  if (!is_socket(hands_socket))
    return false;
  MessageSocket socket{base::Fd(hands_socket)};
  // Else the kernel calls it `exe`, by which it was started.
  ::prctl(PR_SET_NAME, "nvmf-hands");
  leave_signals_to_loop();
  Worker::prepare_interrupts();
  base::RealFileSystem files(root);
  if (root.empty() && host::system_lies_on_fabrics(files))
    keep_memory();
  base::SystemClock const clock;
  fabrics::KernelFabricsPort port(root);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  fabrics::HostSecretSource secrets(files, directory ? std::optional<std::string>(directory)
                                                     : std::nullopt);
  host::ControllerNews news(files);
  HandsMark mark(root + std::string(executing_page));
  ThreadHands hands({.files = files,
                     .port = port,
                     .secrets = secrets,
                     .clock = clock,
                     .root = root,
                     .interfaces = present_interfaces,
                     .news = [&news] { return news.take(); }},
                    &mark);
  HandsServer(std::move(socket), hands, files, mark).serve();
  // Not past the readers: a log that they wait for is nobody's any more.
  ::_exit(0);
}

} // namespace nvmf::execute
