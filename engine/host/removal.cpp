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

// What the kernel says when it gives a controller up, before `Removing ctrl: …`, which a disconnect
// says too: drivers/nvme/host/tcp.c and rdma.c (with the errno from 6.10 on), fc.c.
constexpr std::array giving_up{std::string_view("Removing controller"),
                               std::string_view("Max reconnect attempts ("),
                               std::string_view(") expired while waiting for remoteport"),
                               std::string_view(": reconnect failure")};

bool gives_up(std::string_view message) {
  return std::any_of(giving_up.begin(), giving_up.end(), [message](std::string_view sign) {
    return message.find(sign) != std::string_view::npos;
  });
}

} // namespace

Removal last_removal(const std::vector<std::string>& lines, const std::string& device) {
  std::string const prefix = fmt::format("nvme {}: ", device);
  Removal answer = Removal::unknown;
  bool given_up = false;
  for (const std::string& line : lines) {
    if (!line.starts_with(prefix))
      continue;
    std::string_view const message = std::string_view(line).substr(prefix.size());
    if (gives_up(message))
      given_up = true;
    else if (message.starts_with("Removing ctrl:")) {
      answer = given_up ? Removal::given_up : Removal::disconnected;
      given_up = false;
    } else if (message.starts_with("new ctrl:"))
      given_up = false; // the number was given to another controller
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
