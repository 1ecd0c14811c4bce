#include "host/removal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <string_view>

namespace nvmf::host {

namespace {

constexpr std::string_view gone_directory = "/run/nvmf/gone";
constexpr std::size_t gone_limit = 32;

std::string gone_path(const std::string& device) {
  return fmt::format("{}/{}", gone_directory, device);
}

// The kernel's messages when it gives a controller up, before `Removing ctrl: …`, which a
// disconnect logs too: drivers/nvme/host/tcp.c and rdma.c (with the errno from 6.10 on), fc.c.
constexpr std::array giving_up{std::string_view("Removing controller"),
                               std::string_view("Max reconnect attempts ("),
                               std::string_view(") expired while waiting for remoteport"),
                               std::string_view(": reconnect failure"),
                               std::string_view("controller connectivity lost"),
                               std::string_view("Couldn't schedule reset")};

// After these the controller is as it was, whatever it had lost.
constexpr std::array coming_back{std::string_view("controller connect complete"),
                                 std::string_view("Successfully reconnected")};

// From a reason of the kernel's to the removal that follows from it; FC waits for its port for
// dev_loss_tmo, 60 s, and says so again when it is over.
constexpr base::Duration longest_reasoning = std::chrono::minutes(2);

template <class Signs>
bool has_one_of(std::string_view message, const Signs& signs) {
  return std::any_of(signs.begin(), signs.end(), [message](std::string_view sign) {
    return message.find(sign) != std::string_view::npos;
  });
}

} // namespace

Removal last_removal(const base::KernelHistory& log, const std::string& device) {
  std::string const prefix = fmt::format("nvme {}: ", device);
  Removal answer = Removal::doubtful;
  bool given_up = false;
  bool saw_it_made = false;
  for (const base::KernelHistory::Message& line : log.messages()) {
    if (!line.text.starts_with(prefix))
      continue;
    std::string_view const message = std::string_view(line.text).substr(prefix.size());
    if (has_one_of(message, giving_up))
      given_up = true;
    else if (has_one_of(message, coming_back))
      given_up = false;
    else if (message.starts_with("Removing ctrl:")) {
      bool const is_whole = saw_it_made || *log.whole_since() == base::Duration(0) ||
                            *log.whole_since() + longest_reasoning <= line.at;
      answer = is_whole ? Removal::disconnected : Removal::doubtful;
      if (given_up)
        answer = Removal::given_up;
      given_up = false;
      saw_it_made = false;
    } else if (message.starts_with("new ctrl:")) {
      given_up = false; // the number was given to another controller
      saw_it_made = true;
    }
  }
  return answer;
}

std::uint64_t last_gone(const base::FileSystem& files, const std::string& device) {
  std::uint64_t incarnation = 0;
  if (auto const text = files.read(gone_path(device), gone_limit))
    std::from_chars(text->data(), text->data() + text->size(), incarnation);
  return incarnation;
}

void note_gone(base::FileSystem& files, const std::string& device, std::uint64_t incarnation) {
  if (incarnation == 0)
    return;
  if (files.make_directories(std::string(gone_directory), 0700))
    (void)files.write_atomically(gone_path(device), std::to_string(incarnation), 0600);
}

} // namespace nvmf::host
