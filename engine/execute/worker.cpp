#include "execute/worker.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <sys/eventfd.h>
#include <utility>

namespace nvmf::execute {

Worker::Worker(std::size_t threads)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), limit_(threads) {}

Worker::~Worker() {
  {
    std::lock_guard const lock(mutex_);
    stop_ = true;
    jobs_.clear();
    last_ = 0;
  }
  more_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

void Worker::post(Job job, Turn turn) {
  std::lock_guard const lock(mutex_);
  if (turn == Turn::last) {
    jobs_.push_back(std::move(job));
    ++last_;
  } else {
    jobs_.insert(jobs_.end() - last_, std::move(job));
  }
  if (threads_.size() < limit_ && running_ + jobs_.size() > threads_.size())
    threads_.emplace_back([this] { run(); });
  more_.notify_one();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_)
      return;
    Job const job = std::move(jobs_.front());
    jobs_.pop_front();
    last_ = std::min(last_, std::ssize(jobs_));
    ++running_;
    lock.unlock();
    Completion completion = job();
    lock.lock();
    --running_;
    done_.push_back(std::move(completion));
    std::uint64_t const one = 1;
    // The counter cannot overflow: run_completions sets it back.
    (void)!::write(wake_.get(), &one, sizeof one);
  }
}

void Worker::run_completions() {
  std::uint64_t count = 0;
  (void)!::read(wake_.get(), &count, sizeof count);
  std::deque<Completion> done;
  {
    std::lock_guard const lock(mutex_);
    done = std::exchange(done_, {});
  }
  for (Completion const& completion : done)
    completion();
}

void Worker::prepare_interrupts() {
  struct sigaction action {};
  // Does nothing; without SA_RESTART a system call that it meets returns EINTR.
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, nullptr);
}

void Worker::interrupt() {
  std::lock_guard const lock(mutex_);
  for (std::thread& thread : threads_)
    ::pthread_kill(thread.native_handle(), SIGUSR1);
}

void Worker::drop_waiting() {
  std::lock_guard const lock(mutex_);
  jobs_.clear();
  last_ = 0;
}

bool Worker::busy() const {
  std::lock_guard const lock(mutex_);
  return running_ > 0 || !jobs_.empty() || !done_.empty();
}

} // namespace nvmf::execute
