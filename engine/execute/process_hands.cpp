#include "execute/process_hands.hpp"

#include "execute/hands_program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nvmf::execute {

namespace {

using namespace std::chrono_literals;

// A process that was killed while a thread of it is in the kernel keeps its socket: only its
// silence shows the end. The thread that would answer waits for nothing but the processor.
constexpr auto life_look = 1s;
constexpr auto life_patience = 4s;
// Between two starts of a process that ends again and again.
constexpr auto first_delay = 1s;
constexpr auto longest_delay = 30s;
constexpr auto reap_look = 1s;
// Until it is asked again whether an idle process has to stay.
constexpr auto stay_look = 1h;

// systemd's for the loop alone.
bool is_for_child(std::string_view variable) {
  constexpr std::array ours{"NOTIFY_SOCKET=", "WATCHDOG_", "LISTEN_"};
  return std::none_of(ours.begin(), ours.end(),
                      [&](const char* name) { return variable.starts_with(name); });
}

std::vector<char*> environment_of_child() {
  std::vector<char*> kept;
  for (char** variable = environ; variable && *variable; ++variable)
    if (is_for_child(*variable))
      kept.push_back(*variable);
  kept.push_back(nullptr);
  return kept;
}

// Its end of the socket is `hands_socket`, the standard streams are ours, and nothing else is. It
// begins with the signals blocked that are meant for the loop. 0 or an errno.
int spawn_hands(const std::string& program, const std::string& root, int socket, pid_t& pid) {
  std::string name = "nvmf-connect", hands = "--hands", root_option = "--root", root_text = root;
  std::vector<char*> words{name.data(), hands.data()};
  if (!root.empty())
    words.insert(words.end(), {root_option.data(), root_text.data()});
  words.push_back(nullptr);
  sigset_t signals;
  sigemptyset(&signals);
  for (int const signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, signal);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, socket, hands_socket);
  posix_spawnattr_setsigmask(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> const environment = environment_of_child();
  int const error =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, words.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// It ended by its own doing, and not because somebody or the kernel's shortage killed it.
bool is_fault(int status) {
  if (!WIFSIGNALED(status))
    return false;
  int const signal = WTERMSIG(status);
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
         signal == SIGABRT || signal == SIGSYS || signal == SIGTRAP;
}

// The answer to a request whose process can give none.
struct LocalFailure {
  std::string why;

  base::Error error() const { return {.message = why, .code = ENOBUFS}; }
  HandsAnswer::What operator()(const Hands::Then<WriteOutcome>&) const {
    return WriteOutcome{.kind = WriteOutcome::Kind::failed,
                        .error_class = fabrics::ErrorClass::local,
                        .reason = why};
  }
  HandsAnswer::What operator()(const Hands::Then<LogOutcome>&) const {
    return LogOutcome{.kind = LogOutcome::Kind::failed, .error = error()};
  }
  HandsAnswer::What operator()(const Hands::Then<base::Result<void>>&) const {
    return base::Result<void>(tl::unexpected(error()));
  }
  HandsAnswer::What operator()(const Hands::Then<base::Result<decide::KernelOptions>>&) const {
    return base::Result<decide::KernelOptions>(tl::unexpected(error()));
  }
};

} // namespace

ProcessHands::ProcessHands(World world)
    : world_(std::move(world)), sources_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = timer_.get()}};
  ::epoll_ctl(sources_.get(), EPOLL_CTL_ADD, timer_.get(), &event);
}

ProcessHands::~ProcessHands() { reap(); }

void ProcessHands::write(const WriteRequest& request, Then<WriteOutcome> then) {
  ask(request, std::move(then));
}
void ProcessHands::disconnect(const Disconnection& request, Then<base::Result<void>> then) {
  ask(request, std::move(then));
}
void ProcessHands::adopt(const std::string& device, Then<base::Result<void>> then) {
  ask(wish::Adopt{device}, std::move(then));
}
void ProcessHands::settle_left_overs() {
  ask(wish::SettleLeftOvers{}, Then<base::Result<void>>([](const base::Result<void>&) {}));
}
void ProcessHands::read_log(const LogRequest& request, Then<LogOutcome> then) {
  ask(request, std::move(then));
}
void ProcessHands::kernel_options(Then<base::Result<decide::KernelOptions>> then) {
  ask(wish::KernelOptions{}, std::move(then));
}

unsigned& ProcessHands::count_of(const AnyThen& then) {
  bool const is_of_writer = std::holds_alternative<Then<WriteOutcome>>(then) ||
                            std::holds_alternative<Then<base::Result<void>>>(then);
  return is_of_writer ? writes_ : reads_;
}

void ProcessHands::ask(HandsRequest::What what, AnyThen then) {
  std::uint64_t const number = ++last_;
  bool const is_connect = std::holds_alternative<WriteRequest>(what);
  ++count_of(then);
  outstanding_.emplace(number, std::move(then));
  if (stopped_ && is_connect) {
    ready(number, WriteOutcome{.kind = WriteOutcome::Kind::cancelled});
    return watch();
  }
  std::string bytes = to_bytes(HandsRequest{number, std::move(what)});
  Time const now = Clock::now();
  std::size_t const queued = child_ ? child_->socket.waiting() : waiting_bytes_;
  if (queued > MessageSocket::most_waiting || bytes.size() > MessageSocket::longest_message) {
    answer_by_ourselves(number, "too much waits for the process that connects");
  } else {
    waiting_bytes_ += bytes.size();
    waiting_.emplace_back(number, std::move(bytes));
    begin_waiting(now);
  }
  watch();
}

// Hands over what waits, to a process that may have to be started.
void ProcessHands::begin_waiting(Time now) {
  if (waiting_.empty() || (!child_ && (now < start_at_ || !start())))
    return;
  for (auto const& [number, bytes] : std::exchange(waiting_, {}))
    if (outstanding_.contains(number))
      child_->socket.send(bytes);
  waiting_bytes_ = 0;
}

bool ProcessHands::start() {
  reap();
  auto ends = socket_pair();
  int error = errno;
  pid_t pid = 0;
  if (ends)
    error = spawn_hands(world_.program, world_.root, ends->second.get(), pid);
  if (!ends || error != 0) {
    lost("the process that connects could not be started: " + base::errno_text(error));
    return false;
  }
  child_.emplace(
      Child{.pid = pid, .socket = MessageSocket(std::move(ends->first)), .heard = Clock::now()});
  epoll_event event{.events = EPOLLIN, .data = {.fd = child_->socket.fd()}};
  ::epoll_ctl(sources_.get(), EPOLL_CTL_ADD, child_->socket.fd(), &event);
  return true;
}

// Every request that it may have begun fails; so do those that wait for it.
void ProcessHands::lost(const std::string& why) {
  if (child_)
    ended_.push_back(child_->pid);
  child_.reset();
  waiting_.clear();
  waiting_bytes_ = 0;
  auto delay = std::chrono::duration_cast<Clock::duration>(first_delay);
  for (unsigned i = 1; i < ends_ && delay < longest_delay; ++i)
    delay *= 2;
  // The first end is a chance, the second is not.
  start_at_ = Clock::now() +
              (ends_ == 0 ? Clock::duration(0) : std::min<Clock::duration>(delay, longest_delay));
  ++ends_;
  std::vector<std::uint64_t> numbers;
  for (auto const& [number, then] : outstanding_)
    numbers.push_back(number);
  for (std::uint64_t const number : numbers)
    answer_by_ourselves(number, why);
}

void ProcessHands::answer_by_ourselves(std::uint64_t number, const std::string& why) {
  ready(number, std::visit(LocalFailure{why}, outstanding_.at(number)));
}

// The answer is given by run_answers.
void ProcessHands::ready(std::uint64_t number, HandsAnswer::What what) {
  auto const found = outstanding_.find(number);
  ready_.emplace_back([this, then = std::move(found->second), what = std::move(what)]() mutable {
    --count_of(then);
    std::visit([&what]<class T>(const Then<T>& each) { each(std::move(std::get<T>(what))); }, then);
  });
  outstanding_.erase(found);
  if (outstanding_.empty())
    idle_since_ = Clock::now();
}

void ProcessHands::take_messages() {
  child_->socket.send_waiting();
  child_->socket.receive();
  while (auto const bytes = child_->socket.next_message()) {
    child_->heard = Clock::now();
    child_->asked.reset();
    auto answer = answer_from_bytes(*bytes);
    if (answer && answer->number == 0)
      continue;
    auto const asked = answer ? outstanding_.find(answer->number) : outstanding_.end();
    // The alternatives of both are in the same order.
    if (asked == outstanding_.end() || asked->second.index() != answer->what.index()) {
      ::kill(child_->pid, SIGKILL);
      return lost("the process that connects gave no valid answer");
    }
    ends_ = 0;
    ready(answer->number, std::move(answer->what));
  }
  if (child_->socket.is_broken())
    lost("the process that connects ended");
}

void ProcessHands::look_for_life(Time now) {
  if (outstanding_.empty()) {
    child_->asked.reset();
    return;
  }
  if (!child_->asked && now >= child_->heard + life_look) {
    child_->asked = now;
    child_->socket.send(to_bytes(HandsRequest{0, wish::SignOfLife{}}));
  } else if (child_->asked && now >= *child_->asked + life_patience) {
    // Killed already, or of no use any more.
    ::kill(child_->pid, SIGKILL);
    lost("the process that connects gives no sign of life");
  }
}

void ProcessHands::rest(Time now) {
  if (!outstanding_.empty() || now < idle_since_ + world_.rest)
    return;
  if (world_.is_to_stay && world_.is_to_stay()) {
    idle_since_ = now + stay_look;
    return;
  }
  ended_.push_back(child_->pid);
  child_.reset();
}

void ProcessHands::reap() {
  std::erase_if(ended_, [this](pid_t pid) {
    int status = 0;
    pid_t const reaped = ::waitpid(pid, &status, WNOHANG);
    if (reaped == pid && is_fault(status))
      crashed_.push_back(pid);
    return reaped == pid || (reaped < 0 && errno == ECHILD);
  });
}

void ProcessHands::run_answers() {
  std::uint64_t expirations = 0;
  (void)!::read(timer_.get(), &expirations, sizeof expirations);
  if (child_)
    take_messages();
  Time const now = Clock::now();
  if (child_)
    look_for_life(now);
  if (child_)
    rest(now);
  begin_waiting(now);
  reap();
  auto const answers = std::exchange(ready_, {});
  watch();
  for (auto const& answer : answers)
    answer();
}

std::optional<ProcessHands::Time> ProcessHands::next_time(Time now) const {
  std::optional<Time> next;
  auto const consider = [&](Time time) { next = std::min(next.value_or(time), time); };
  if (!ready_.empty())
    consider(now);
  if (!waiting_.empty())
    consider(start_at_);
  if (child_ && outstanding_.empty())
    consider(idle_since_ + world_.rest);
  if (child_ && !outstanding_.empty())
    consider(child_->asked ? *child_->asked + life_patience : child_->heard + life_look);
  if (!ended_.empty())
    consider(now + reap_look);
  return next;
}

// The descriptor becomes readable when there is something to do.
void ProcessHands::watch() {
  if (child_) {
    std::uint32_t const events = child_->socket.waiting() > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
    epoll_event event{.events = events, .data = {.fd = child_->socket.fd()}};
    ::epoll_ctl(sources_.get(), EPOLL_CTL_MOD, child_->socket.fd(), &event);
  }
  Time const now = Clock::now();
  auto const next = next_time(now);
  itimerspec time{};
  if (next) {
    // Zero would switch it off.
    auto const left = std::max<std::chrono::nanoseconds>(*next - now, 1ns);
    time.it_value.tv_sec = std::chrono::floor<std::chrono::seconds>(left).count();
    time.it_value.tv_nsec = (left % 1s).count();
  }
  ::timerfd_settime(timer_.get(), 0, &time, nullptr);
}

void ProcessHands::stop() {
  stopped_ = true;
  if (child_) {
    child_->socket.send(to_bytes(HandsRequest{0, wish::Stop{}}));
  } else {
    std::vector<std::uint64_t> connects;
    for (auto const& [number, then] : outstanding_)
      if (std::holds_alternative<Then<WriteOutcome>>(then))
        connects.push_back(number);
    for (std::uint64_t const number : connects)
      ready(number, WriteOutcome{.kind = WriteOutcome::Kind::cancelled});
  }
  watch();
}

} // namespace nvmf::execute
