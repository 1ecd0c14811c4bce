// Threads for what blocks: writes to /dev/nvme-fabrics and commands to controllers. Jobs run there,
// what they return runs on the loop.
#pragma once

#include "base/fd.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace nvmf::execute {

class Worker {
public:
  using Completion = std::function<void()>;
  using Job = std::function<Completion()>;

  // At most so many jobs at a time; threads are made when they are needed.
  explicit Worker(std::size_t threads);
  // Waits for jobs that run; those that wait are dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // `last`: whatever else is posted goes before it while it waits.
  enum class Turn : std::uint8_t { in_order, last };
  void post(Job job, Turn turn = Turn::in_order);
  // Readable when completions wait.
  int fd() const { return wake_.get(); }
  // Runs, on the calling thread, what finished jobs returned.
  void run_completions();

  // A signal to every thread: ends a wait for a lock and a connect in its TCP phases (EINTR).
  // `prepare_interrupts` once before threads exist.
  static void prepare_interrupts();
  void interrupt();
  // Jobs that wait are dropped, without a completion.
  void drop_waiting();
  bool busy() const;

private:
  void run();

  base::Fd wake_;
  std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Job> jobs_;
  std::ptrdiff_t last_ = 0; // so many at the end of `jobs_` let others go before
  std::deque<Completion> done_;
  std::size_t running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

} // namespace nvmf::execute
