#include "host/controller_news.hpp"

#include "event/sysfs_device.hpp"
#include "host/identity.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace nvmf::host {

namespace {

constexpr const char* events_sent_path = "/sys/kernel/uevent_seqnum";
constexpr unsigned kernel_group = 1; // of NETLINK_KOBJECT_UEVENT; udevd sends to another
// A message is a path and UEVENT_BUFFER_SIZE (2048) bytes of variables.
constexpr std::size_t longest_message = 8192;

base::Fd event_socket() {
  base::Fd socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kernel_group;
  bool const bound =
      socket &&
      // As bind(2) has it. NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return bound ? std::move(socket) : base::Fd();
}

} // namespace

std::string controller_of_event(std::string_view message) {
  std::string_view const header = message.substr(0, message.find('\0'));
  if (header.find('@') == std::string_view::npos)
    return {};
  auto const slash = header.rfind('/');
  std::string_view const name =
      slash == std::string_view::npos ? std::string_view() : header.substr(slash + 1);
  return event::is_device_name(name) ? std::string(name) : std::string();
}

ControllerNews::ControllerNews(const base::FileSystem& files)
    : files_(&files), socket_(event_socket()) {}

std::optional<std::uint64_t> ControllerNews::sent_by_kernel() const {
  std::string const text = first_line_of(*files_, events_sent_path);
  std::uint64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc() && !text.empty() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// All that waits. False: some were lost.
bool ControllerNews::receive(std::vector<std::string>& devices) {
  std::array<char, longest_message> buffer{};
  bool is_whole = true;
  for (;;) {
    ssize_t const length = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_TRUNC);
    if (length < 0 && errno == EAGAIN)
      return is_whole;
    if (length < 0 && errno != EINTR && errno != ENOBUFS)
      return false;
    if (length < 0) {
      is_whole = is_whole && errno == EINTR;
      continue;
    }
    if (known_)
      ++*known_;
    is_whole = is_whole && static_cast<std::size_t>(length) <= buffer.size();
    std::size_t const size = std::min(static_cast<std::size_t>(length), buffer.size());
    if (std::string device = controller_of_event({buffer.data(), size}); !device.empty())
      devices.push_back(std::move(device));
  }
}

std::optional<std::vector<std::string>> ControllerNews::take() {
  if (!socket_)
    return std::nullopt;
  // The number first: events that come after that may be known, too.
  auto const sent = sent_by_kernel();
  std::vector<std::string> devices;
  if (receive(devices) && sent && known_ && *known_ >= *sent)
    return devices;
  // Counted from here, if no event came meanwhile.
  known_ = sent_by_kernel() == sent ? sent : std::nullopt;
  return std::nullopt;
}

} // namespace nvmf::host
