#include "execute/worker.hpp"

#include "execute/file_lock.hpp"
#include "execute/temporary_root.hpp"

#include <atomic>
#include <cerrno>
#include <doctest/doctest.h>
#include <poll.h>
#include <string>
#include <thread>

using namespace nvmf;
using execute::Worker;

namespace {

// Until so many completions have run; a worker that hangs fails by the test's time limit.
void run_until(Worker& worker, const int& done, int wanted) {
  while (done < wanted) {
    pollfd poll{.fd = worker.fd(), .events = POLLIN};
    ::poll(&poll, 1, 1000);
    worker.run_completions();
  }
}

} // namespace

TEST_CASE("jobs run elsewhere, one after the other, and their completions here") {
  Worker worker(1);
  std::atomic<int> order = 0;
  std::vector<int> orders;
  int done = 0;
  for (int i = 0; i < 5; ++i)
    worker.post([&]() -> Worker::Completion {
      int const mine = order++;
      return [&, mine] {
        orders.push_back(mine);
        ++done;
      };
    });
  run_until(worker, done, 5);
  CHECK(orders == std::vector<int>{0, 1, 2, 3, 4});
  CHECK_FALSE(worker.busy());
}

TEST_CASE("an interrupt ends a wait for a lock") {
  test::TemporaryRoot root;
  std::string const path = root.path() + "/write.lock";
  auto const held = execute::FileLock::wait(path);
  REQUIRE(held);
  Worker::prepare_interrupts();
  Worker worker(1);
  int done = 0;
  int code = 0;
  worker.post([&]() -> Worker::Completion {
    auto const lock = execute::FileLock::wait(path);
    int const error = lock ? 0 : lock.error().code;
    return [&, error] {
      code = error;
      ++done;
    };
  });
  while (done < 1) {
    worker.interrupt();
    pollfd poll{.fd = worker.fd(), .events = POLLIN};
    ::poll(&poll, 1, 10);
    worker.run_completions();
  }
  CHECK(code == EINTR);
}

TEST_CASE("a job that is to be last lets those before it that are posted later") {
  Worker worker(1);
  std::atomic<bool> go = false;
  std::string order;
  int done = 0;
  auto const job = [&](char name) {
    return [&, name]() -> Worker::Completion {
      while (!go)
        std::this_thread::yield();
      return [&, name] {
        order += name;
        ++done;
      };
    };
  };
  worker.post(job('a'));
  worker.post(job('s'), Worker::Turn::last);
  worker.post(job('b'));
  worker.post(job('t'), Worker::Turn::last);
  worker.post(job('c'));
  go = true;
  run_until(worker, done, 5);
  CHECK(order == "abcst");
}
