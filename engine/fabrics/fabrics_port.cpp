#include "fabrics/fabrics_port.hpp"

#include "base/fd.hpp"
#include "base/kernel_log.hpp"
#include "base/wire_text.hpp"
#include "fabrics/kernel_options.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/nvme_ioctl.h>
#include <optional>
#include <sys/ioctl.h>

namespace nvmf::fabrics {

namespace {

constexpr std::string_view fabrics_device = "/dev/nvme-fabrics";
constexpr std::size_t most_kernel_messages = 64; // of one connect
constexpr std::uint8_t opcode_get_log_page = 0x02;
constexpr std::uint8_t opcode_identify = 0x06;
constexpr std::uint32_t cns_controller = 0x01;
// Offsets in Identify Controller.
constexpr std::size_t identify_size = 4096;
constexpr std::size_t cntlid_offset = 78;
constexpr std::size_t subnqn_offset = 768;
constexpr std::size_t subnqn_width = 256;

base::Result<std::string> read_some(int fd, std::string_view what) {
  std::array<char, 4096> buffer;
  ssize_t const count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0)
    return base::errno_failure(what, errno);
  return std::string(buffer.data(), static_cast<std::size_t>(count));
}

// `name=N` followed by `,`, a line end or nothing.
std::optional<int> number_after(std::string_view text, std::string_view name) {
  auto const at = text.find(name);
  if (at == std::string_view::npos)
    return std::nullopt;
  text.remove_prefix(at + name.size());
  int number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0)
    return std::nullopt;
  return number;
}

class KernelAdminDevice final : public AdminDevice {
public:
  explicit KernelAdminDevice(base::Fd fd) : fd_(std::move(fd)) {}

  base::Result<std::string> get_log_page(const LogPageRequest& request) override {
    std::string bytes(request.length, '\0');
    std::uint32_t const dwords = request.length / 4 - 1;
    std::uint32_t const retain = request.event == LogPageRequest::AsyncEvent::retain ? 1 : 0;
    nvme_passthru_cmd command{};
    command.opcode = opcode_get_log_page;
    command.addr = reinterpret_cast<std::uintptr_t>(bytes.data());
    command.data_len = request.length;
    command.cdw10 = (dwords & 0xffffU) << 16U | retain << 15U | request.log_id;
    command.cdw11 = dwords >> 16U;
    command.cdw12 = static_cast<std::uint32_t>(request.offset);
    command.cdw13 = static_cast<std::uint32_t>(request.offset >> 32U);
    if (auto done = submit(command, "get log page"); !done)
      return tl::unexpected(done.error());
    return bytes;
  }

  base::Result<ControllerIdentity> identify_controller() override {
    std::string bytes(identify_size, '\0');
    nvme_passthru_cmd command{};
    command.opcode = opcode_identify;
    command.addr = reinterpret_cast<std::uintptr_t>(bytes.data());
    command.data_len = identify_size;
    command.cdw10 = cns_controller;
    if (auto done = submit(command, "identify controller"); !done)
      return tl::unexpected(done.error());
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    std::string_view const nqn = std::string_view(bytes).substr(subnqn_offset, subnqn_width);
    return ControllerIdentity{
        .subsystem_nqn = std::string(base::without_padding(nqn)),
        .cntlid = static_cast<std::uint16_t>(byte(cntlid_offset) | byte(cntlid_offset + 1) << 8U)};
  }

private:
  base::Result<void> submit(nvme_passthru_cmd& command, std::string_view what) {
    int const status = ::ioctl(fd_.get(), NVME_IOCTL_ADMIN_CMD, &command);
    if (status < 0)
      return base::errno_failure(what, errno);
    if (status > 0)
      return base::failure(fmt::format("{}: NVMe status 0x{:x}", what, status), EIO);
    return {};
  }

  base::Fd fd_;
};

} // namespace

base::Result<Connected> parse_connect_answer(std::string_view text) {
  auto const instance = number_after(text, "instance=");
  auto const cntlid = number_after(text, "cntlid=");
  if (!instance || !cntlid)
    return base::failure(
        fmt::format("the kernel answered `{}`, not an instance", base::escaped(text)), EPROTO);
  return Connected{.instance = *instance, .cntlid = *cntlid};
}

ConnectAnswer KernelFabricsPort::connect(const base::Secret& option_string) {
  std::string const path = root_ + std::string(fabrics_device);
  base::Fd const fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd)
    return {.result = base::errno_failure(fabrics_device, errno)};
  base::KernelLog log = base::KernelLog::from_now(root_ + "/dev/kmsg");
  auto const begin = std::chrono::steady_clock::now();
  std::string const& text = option_string.reveal();
  ssize_t const written = ::write(fd.get(), text.data(), text.size());
  int const code = errno;
  auto const took =
      std::chrono::duration_cast<base::Duration>(std::chrono::steady_clock::now() - begin);
  // The message names no part of the string: it may hold a secret.
  if (written < 0)
    return {.result = base::errno_failure("connect", code),
            .took = took,
            .kernel_log = log.nvme_messages(most_kernel_messages)};
  auto answer = read_some(fd.get(), fabrics_device);
  if (!answer)
    return {.result = tl::unexpected(answer.error()), .took = took};
  return {.result = parse_connect_answer(*answer), .took = took};
}

base::Result<decide::KernelOptions> KernelFabricsPort::kernel_options() {
  std::string const path = root_ + std::string(fabrics_device);
  base::Fd const fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd)
    return base::errno_failure(fabrics_device, errno);
  auto text = read_some(fd.get(), fabrics_device);
  if (!text && text.error().code == EINVAL)
    return options_of_old_kernels();
  if (!text)
    return tl::unexpected(text.error());
  return parse_kernel_options(*text);
}

base::Result<std::unique_ptr<AdminDevice>> KernelFabricsPort::open(const std::string& device) {
  std::string const path = "/dev/" + device;
  base::Fd fd(::open((root_ + path).c_str(), O_RDWR | O_CLOEXEC));
  if (!fd)
    return base::errno_failure(path, errno);
  return std::make_unique<KernelAdminDevice>(std::move(fd));
}

base::Result<void> KernelFabricsPort::disconnect(const std::string& device) {
  std::string const path = "/sys/devices/virtual/nvme-fabrics/ctl/" + device + "/delete_controller";
  base::Fd const fd(::open((root_ + path).c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd)
    return base::errno_failure(path, errno);
  if (::write(fd.get(), "1", 1) != 1)
    return base::errno_failure(path, errno);
  return {};
}

} // namespace nvmf::fabrics
