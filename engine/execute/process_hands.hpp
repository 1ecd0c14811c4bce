// Hands that are another process, `nvmf-connect --hands`: a thread in the kernel cannot be killed,
// and would hold the process that systemd stops, or that crashed.
//
// The process is started with the first request and ends some seconds after the last one. When it
// ends otherwise, or gives no sign of life, each request that it had is answered as failed by local
// trouble (class `local`, or a code that base::is_local_trouble knows), and the next one starts
// another. The next is safe even while the last thread of the former is in the kernel: all that
// they write is written under the host's write lock.
#pragma once

#include "base/fd.hpp"
#include "execute/hands.hpp"
#include "execute/hands_messages.hpp"
#include "execute/message_socket.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <variant>
#include <vector>

namespace nvmf::execute {

class ProcessHands final : public Hands {
public:
  struct World {
    std::string root; // that the process is given
    // This program itself, also after an upgrade has put another in its place.
    std::string program = "/proc/self/exe";
    std::chrono::milliseconds rest = std::chrono::seconds(10); // until an idle process is ended
    // It is not ended: another could not be started.
    std::function<bool()> is_to_stay = nullptr;
  };
  explicit ProcessHands(World world);
  // The process finishes what the kernel has and ends by itself.
  ~ProcessHands() override;
  ProcessHands(const ProcessHands&) = delete;
  ProcessHands& operator=(const ProcessHands&) = delete;

  void write(const WriteRequest& request, Then<WriteOutcome> then) override;
  void disconnect(const Disconnection& request, Then<base::Result<void>> then) override;
  void adopt(const std::string& device, Then<base::Result<void>> then) override;
  void settle_left_overs() override;
  void read_log(const LogRequest& request, Then<LogOutcome> then) override;
  void kernel_options(Then<base::Result<decide::KernelOptions>> then) override;
  int fd() const override { return sources_.get(); }
  void run_answers() override;
  bool writes() const override { return writes_ > 0; }
  bool reads() const override { return reads_ > 0; }
  void stop() override;
  std::vector<pid_t> take_crashed() override { return std::exchange(crashed_, {}); }
  bool outlive_this_process() const override { return true; }

  // Of the process; 0: none runs.
  pid_t pid() const { return child_ ? child_->pid : 0; }

private:
  using Clock = std::chrono::steady_clock; // not while the host is suspended
  using Time = Clock::time_point;
  using AnyThen = std::variant<Then<WriteOutcome>, Then<LogOutcome>, Then<base::Result<void>>,
                               Then<base::Result<decide::KernelOptions>>>;
  struct Child {
    pid_t pid = 0;
    MessageSocket socket;
    Time heard; // of it last
    std::optional<Time> asked;
  };

  void ask(HandsRequest::What what, AnyThen then);
  void answer_by_ourselves(std::uint64_t number, const std::string& why);
  void ready(std::uint64_t number, HandsAnswer::What what);
  unsigned& count_of(const AnyThen& then);

  bool start();
  void begin_waiting(Time now);
  void lost(const std::string& why);
  void take_messages();
  void look_for_life(Time now);
  void rest(Time now);
  void reap();
  void watch();
  std::optional<Time> next_time(Time now) const;

  World world_;
  base::Fd sources_; // epoll: the socket and the timer
  base::Fd timer_;
  std::optional<Child> child_;
  std::vector<pid_t> ended_; // not reaped yet
  std::vector<pid_t> crashed_;
  std::uint64_t last_ = 0; // number of a request; 0 is that of signs of life
  std::map<std::uint64_t, AnyThen> outstanding_;
  std::deque<std::pair<std::uint64_t, std::string>> waiting_; // while no process may be started
  std::size_t waiting_bytes_ = 0;
  std::vector<std::function<void()>> ready_;
  unsigned writes_ = 0;
  unsigned reads_ = 0;
  unsigned ends_ = 0; // of processes, since one answered
  Time start_at_{};
  Time idle_since_{};
  bool stopped_ = false;
};

} // namespace nvmf::execute
