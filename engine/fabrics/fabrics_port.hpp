// The kernel's NVMe-oF interface, behind which lies the world: connect, admin commands, disconnect.
// Tests use the fake of tests/unit/fabrics/fake_port.hpp.
#pragma once

#include "base/duration.hpp"
#include "base/result.hpp"
#include "decide/facts.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nvmf::fabrics {

// The kernel's answer to a connect.
struct Connected {
  int instance = -1; // N of nvmeN
  int cntlid = -1;

  std::string device() const { return "nvme" + std::to_string(instance); }
  bool operator==(const Connected&) const = default;
};

struct ConnectAnswer {
  base::Result<Connected> result; // the errno of open, write or read in Error::code
  base::Duration took{};          // of the write
  // The kernel's messages about NVMe meanwhile, oldest first; only for a failure.
  std::vector<std::string> kernel_log;
};

// Parses `instance=N,cntlid=M`. EPROTO if it is something else.
base::Result<Connected> parse_connect_answer(std::string_view text);

// NVMe base specification, "Get Log Page command".
struct LogPageRequest {
  enum class AsyncEvent : std::uint8_t { retain, clear }; // RAE set, RAE clear
  std::uint8_t log_id = 0x70;
  std::uint64_t offset = 0;
  std::uint32_t length = 0; // bytes, a multiple of four
  AsyncEvent event = AsyncEvent::retain;

  bool operator==(const LogPageRequest&) const = default;
};

// From Identify Controller (CNS 01h).
struct ControllerIdentity {
  std::string subsystem_nqn; // without padding; not checked
  std::uint16_t cntlid = 0;
};

// An open /dev/nvmeN. While it is open its number is not given to another controller: open first,
// then compare with sysfs. Calls block until the controller answers or the kernel gives up.
class AdminDevice {
public:
  virtual ~AdminDevice() = default;

  // Exactly `length` bytes. EIO with the NVMe status in the message if the controller refuses.
  virtual base::Result<std::string> get_log_page(const LogPageRequest& request) = 0;
  virtual base::Result<ControllerIdentity> identify_controller() = 0;
};

class FabricsPort {
public:
  virtual ~FabricsPort() = default;

  // Opens /dev/nvme-fabrics, writes the string once, reads the answer. Blocks: 3 s for an address
  // that swallows SYNs, up to 60 s for a target that never answers Connect. All writers of a host
  // wait for each other in the kernel.
  virtual ConnectAnswer connect(const base::Secret& option_string) = 0;
  // Names of the options that this kernel knows. ENOENT: there is no /dev/nvme-fabrics.
  virtual base::Result<decide::KernelOptions> kernel_options() = 0;
  // `device` is `nvmeN`.
  virtual base::Result<std::unique_ptr<AdminDevice>> open(const std::string& device) = 0;
  // Deletes the controller through sysfs. Blocks until it is gone.
  virtual base::Result<void> disconnect(const std::string& device) = 0;
};

// The host's own. `root` is put before /dev and /sys.
class KernelFabricsPort final : public FabricsPort {
public:
  explicit KernelFabricsPort(std::string root = {}) : root_(std::move(root)) {}

  ConnectAnswer connect(const base::Secret& option_string) override;
  base::Result<decide::KernelOptions> kernel_options() override;
  base::Result<std::unique_ptr<AdminDevice>> open(const std::string& device) override;
  base::Result<void> disconnect(const std::string& device) override;

private:
  std::string root_;
};

} // namespace nvmf::fabrics
