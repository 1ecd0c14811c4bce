// The executor's hands: all that may block in the kernel, away from the loop. A connect waits for a
// target for up to a minute, and a log for its controller.
#pragma once

#include "base/result.hpp"
#include "decide/facts.hpp"
#include "execute/connect_writer.hpp"
#include "execute/log_reader.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace nvmf::execute {

// A discovery controller that is to be ended, if `device` is still that of `tid`.
struct Disconnection {
  std::string device;
  plan::Tid tid;
  std::uint64_t incarnation = 0; // 0: any
  std::string id = {};           // of the hand-over whose request it is
};

// Each request is answered once, from run_answers(), on the thread that calls it.
class Hands {
public:
  template <class T>
  using Then = std::function<void(T)>;

  // Discovery controllers are read side by side: an unresponsive one holds its reader for a minute.
  static constexpr std::size_t most_readers = 32;

  virtual ~Hands() = default;

  // Connects, disconnects and adoptions: one at a time on the host, in the order of the requests.
  virtual void write(const WriteRequest& request, Then<WriteOutcome> then) = 0;
  virtual void disconnect(const Disconnection& request, Then<base::Result<void>> then) = 0;
  // `device` is a path of the firmware's table: the registry says so, if it has no owner yet.
  virtual void adopt(const std::string& device, Then<base::Result<void>> then) = 0;
  // The left-overs of a killed writer are settled before anything is written.
  virtual void settle_left_overs() = 0;

  // At most `most_readers` at a time.
  virtual void read_log(const LogRequest& request, Then<LogOutcome> then) = 0;
  // The kernel shows them only when no connect of the host is under way.
  virtual void kernel_options(Then<base::Result<decide::KernelOptions>> then) = 0;

  // Readable when answers wait.
  virtual int fd() const = 0;
  virtual void run_answers() = 0;

  // Some request for the writer, or for the readers, has no answer yet.
  virtual bool writes() const = 0;
  virtual bool reads() const = 0;

  // Their processes that ended by a fault since the last call.
  virtual std::vector<pid_t> take_crashed() { return {}; }

  // They finish and record by themselves what the kernel has, also when this process is gone.
  virtual bool outlive_this_process() const { return false; }

  // Nothing is connected any more: a connect that waits is answered `cancelled`, and one that the
  // kernel makes is ended in its TCP phases. Disconnects are still made. Called again, it
  // interrupts again: the first time may have come a moment too early.
  virtual void stop() = 0;
};

} // namespace nvmf::execute
