// Hands that are threads of this process: a writer, and readers that are made when they are needed.
#pragma once

#include "execute/crash_mark.hpp"
#include "execute/hands.hpp"
#include "execute/worker.hpp"

namespace nvmf::execute {

class ThreadHands final : public Hands {
public:
  // Waits for the world when it ends: for what the kernel has, a minute at most.
  // `mark`: its threads name there whose request they are at; null: nowhere.
  explicit ThreadHands(ConnectWriter::World world, HandsMark* mark = nullptr);

  void write(const WriteRequest& request, Then<WriteOutcome> then) override;
  void disconnect(const Disconnection& request, Then<base::Result<void>> then) override;
  void adopt(const std::string& device, Then<base::Result<void>> then) override;
  void settle_left_overs() override;
  void settle_left_overs(Then<base::Result<void>> then);
  void read_log(const LogRequest& request, Then<LogOutcome> then) override;
  void kernel_options(Then<base::Result<decide::KernelOptions>> then) override;
  int fd() const override { return both_.get(); }
  void run_answers() override;
  bool writes() const override { return writer_.busy(); }
  bool reads() const override { return readers_.busy(); }
  void stop() override;
  // Requests that wait are dropped without an answer; those that the kernel has go on.
  void finish();

private:
  // Runs `work`, which is that session's, named.
  template <class Work>
  auto named(const std::string& id, const Work& work);

  fabrics::FabricsPort& port_;
  HandsMark* mark_;
  ConnectWriter connect_writer_;
  LogReader log_reader_;
  base::Fd both_; // epoll: of the two below
  Worker writer_;
  Worker readers_;
};

// The interfaces and addresses of this host; nothing if they cannot be read.
std::optional<std::vector<decide::Interface>> present_interfaces();

} // namespace nvmf::execute
