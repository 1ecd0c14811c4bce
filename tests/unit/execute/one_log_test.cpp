#include "execute/one_log.hpp"

#include "execute/temporary_root.hpp"
#include "fabrics/fake_port.hpp"
#include "host/controller_note.hpp"
#include "host/registry.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace nvmf;

namespace {

constexpr const char* discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery";
constexpr const char* dc_address = "traddr=192.0.2.1,trsvcid=8009,src_addr=192.0.2.20";

class NoSecrets final : public fabrics::SecretSource {
public:
  base::Result<base::Secret> text(const base::SecretRef&) override {
    return base::failure("no credential", ENOENT);
  }
  base::Result<std::int32_t> key_serial(const std::string&, const std::string&) override {
    return 0;
  }
  base::Result<std::int32_t> add_psk(const base::TlsPsk&, std::int32_t) override { return 0; }
  std::string fingerprint(const base::SecretRef&) override { return {}; }
};

struct OneLogHost {
  test::TemporaryRoot root;
  base::RealFileSystem files{root.path()};
  test::FakePort port;
  NoSecrets secrets;
  base::SystemClock clock;
  execute::ConnectWriter writer{{.files = files,
                                 .port = port,
                                 .secrets = secrets,
                                 .clock = clock,
                                 .root = root.path(),
                                 .interfaces = [] { return std::nullopt; }}};
  std::shared_ptr<test::FakeController> controller = std::make_shared<test::FakeController>();
  base::Result<void> answer; // of the probe
  std::vector<fabrics::ProbeTarget> probed;
  std::optional<host::ControllerNote> noted; // while the log was read

  OneLogHost() {
    root.put("/run/nvmf/x", "");
    root.put("/sys/kernel/uevent_seqnum", "42\n");
    controller->page.add(test::subsystem_entry("192.0.2.10", "nqn.x:a"));
    controller->before = [this](test::FakeController&, const fabrics::LogPageRequest&) {
      noted = host::read_controller_note(files, "nvme5");
      return base::Result<void>();
    };
    port.answer = [this](const std::string&) {
      port.controllers["nvme5"] = controller;
      root.put_controller("nvme5", dc_address, discovery_nqn, "discovery");
      return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 5, .cntlid = 1}};
    };
  }

  base::Result<execute::OneLog> read() {
    execute::OneLogRequest request{.id = "0123456789abcdef"};
    request.item.subject = base::Subject::discovery_controller;
    request.item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                   .traddr = *base::Traddr::parse_any("192.0.2.1"),
                                                   .trsvcid = 8009},
                        .subsystem_nqn = discovery_nqn,
                        .host_nqn = "nqn.2024-01.com.example:host",
                        .hostid = "11111111-2222-3333-4444-555555555555"};
    request.item.probe = true;
    return execute::read_one_log({.files = files,
                                  .port = port,
                                  .clock = clock,
                                  .writer = writer,
                                  .probe =
                                      [this](const fabrics::ProbeTarget& target) {
                                        probed.push_back(target);
                                        return answer;
                                      }},
                                 request);
  }
};

using Devices = std::vector<std::string>;

} // namespace

TEST_CASE("a discovery controller is connected for one read of its log, and disconnected") {
  OneLogHost host;
  const auto read = host.read();
  REQUIRE(read);
  REQUIRE(read->log.entries.size() == 1);
  CHECK(read->log.entries[0].subnqn == "nqn.x:a");
  CHECK(read->own_nqn == discovery_nqn);
  CHECK(host.probed.size() == 1);
  // After a kill the executor of this plan ends it.
  CHECK(host.noted ==
        host::ControllerNote{.id = "0123456789abcdef", .stay = host::Stay::transient});
  CHECK(host.port.disconnected == Devices{"nvme5"});
  CHECK_FALSE(host::read_registry_entry(host.files, "nvme5"));
  CHECK_FALSE(host::read_controller_note(host.files, "nvme5"));
}

TEST_CASE("a log that cannot be read leaves no controller") {
  OneLogHost host;
  host.controller->before = [](test::FakeController&, const fabrics::LogPageRequest&) {
    return base::Result<void>(base::failure("get log page: NVMe status 0x4002", EIO));
  };
  const auto read = host.read();
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "get log page: NVMe status 0x4002");
  CHECK(host.port.disconnected == Devices{"nvme5"});
}

TEST_CASE("the kernel is not asked where nobody answers") {
  OneLogHost host;
  host.answer = base::failure("no answer", ETIMEDOUT);
  const auto read = host.read();
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "no answer");
  CHECK(host.port.written.empty());
  CHECK(host.port.disconnected.empty());
}

TEST_CASE("a refused connect leaves nothing to disconnect") {
  OneLogHost host;
  host.port.answer = [](const std::string&) {
    return fabrics::ConnectAnswer{.result = base::errno_failure("connect", ECONNREFUSED)};
  };
  CHECK_FALSE(host.read());
  CHECK(host.port.written.size() == 1);
  CHECK(host.port.disconnected.empty());
}

TEST_CASE("another process's controller is read, and stays") {
  OneLogHost host;
  host.port.controllers["nvme5"] = host.controller;
  host.root.put_controller("nvme5", dc_address, discovery_nqn, "discovery");
  const auto read = host.read();
  REQUIRE(read);
  CHECK(read->log.entries.size() == 1);
  CHECK(host.port.written.empty());
  CHECK(host.port.disconnected.empty());
}

TEST_CASE("a controller that stays against our will is a failure") {
  OneLogHost host;
  host.port.disconnecting = [] { return base::errno_failure("delete_controller", EBUSY); };
  const auto read = host.read();
  REQUIRE_FALSE(read);
  CHECK(read.error().message ==
        "nvme5 could not be disconnected: delete_controller: Device or resource busy");
}
