// Messages of any length over a stream socket, neither of whose ends waits for the other. Each
// comes after its length in four bytes, the least significant one first.
#pragma once

#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nvmf::execute {

class MessageSocket {
public:
  // A log of 4,096 entries with the longest texts has 4 MiB.
  static constexpr std::size_t longest_message = std::size_t{64} << 20;
  // To be sent: from here on its owner takes on nothing more that leads to messages.
  static constexpr std::size_t most_waiting = std::size_t{64} << 20;

  explicit MessageSocket(base::Fd socket);

  int fd() const { return socket_.get(); }

  // False: the message is too long.
  bool send(std::string_view message);
  // Sends what waits, as far as the other end takes it.
  void send_waiting();
  std::size_t waiting() const { return out_.size() - sent_; }

  // Reads what is there.
  void receive();
  // The next message that has come whole.
  std::optional<std::string> next_message();

  // The other end closed it, it failed, or a message was longer than any may be. Messages that came
  // before are still there.
  bool is_broken() const { return broken_; }
  // Nothing is sent or received any more.
  void close();

private:
  base::Fd socket_;
  std::string out_;
  std::size_t sent_ = 0; // of out_
  std::string in_;
  std::size_t taken_ = 0; // of in_
  bool broken_ = false;
};

// The two ends; close-on-exec. ENFILE and the like are in errno where there are none.
std::optional<std::pair<base::Fd, base::Fd>> socket_pair();

} // namespace nvmf::execute
