#include "execute/connect_writer.hpp"

#include "base/nqn.hpp"
#include "execute/file_lock.hpp"
#include "execute/temporary_root.hpp"
#include "fabrics/fake_port.hpp"
#include "failing_files.hpp"
#include "host/controller_note.hpp"
#include "host/controllers.hpp"
#include "host/kept_away.hpp"
#include "host/registry.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace nvmf;
using namespace std::chrono_literals;
using execute::WriteOutcome;
using execute::WriteRequest;
using fabrics::ErrorClass;
using WriteKind = execute::WriteOutcome::Kind;

namespace {

class HandClock final : public base::Clock {
public:
  base::Duration time = 1000s;
  base::Duration since_boot() const override { return time; }
  std::chrono::system_clock::time_point now() const override { return {}; }
};

class FakeSecrets final : public fabrics::SecretSource {
public:
  base::Result<base::Secret> text(const base::SecretRef& ref) override {
    if (ref.name == "absent")
      return base::failure("credential `absent` not found", ENOENT);
    if (ref.name == "crowded")
      return base::errno_failure("/secret", ENFILE);
    return base::Secret("DHHC-1:00:abc:");
  }
  base::Result<std::int32_t> key_serial(const std::string&, const std::string&) override {
    return 7;
  }
  base::Result<std::int32_t> add_psk(const base::TlsPsk&, std::int32_t) override { return 8; }
  std::string fingerprint(const base::SecretRef& ref) override { return ref.name; }
};

struct Host {
  test::TemporaryRoot root;
  base::RealFileSystem files{root.path()};
  test::FailingFiles failing{files};
  test::FakePort port;
  FakeSecrets secrets;
  HandClock clock;
  execute::ConnectWriter writer{{.files = failing,
                                 .port = port,
                                 .secrets = secrets,
                                 .clock = clock,
                                 .root = root.path(),
                                 .interfaces = [] { return std::nullopt; }}};
  Host() {
    root.put("/run/nvmf/x", "");
    root.put("/sys/kernel/uevent_seqnum", "42\n");
  }
  std::vector<std::string> intents() {
    return files.list("/run/nvmf/intents").value_or(std::vector<std::string>{});
  }
};

WriteRequest request_for(const std::string& traddr,
                         const std::string& nqn = "nqn.2024-01.com.example:vol1") {
  WriteRequest request{.id = "0123456789abcdef"};
  request.item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                 .traddr = *base::Traddr::parse_any(traddr),
                                                 .trsvcid = 4420},
                      .subsystem_nqn = nqn,
                      .host_nqn = "nqn.2024-01.com.example:host",
                      .hostid = "11111111-2222-3333-4444-555555555555"};
  return request;
}

const std::string live_address = "traddr=192.0.2.10,trsvcid=4420,src_addr=192.0.2.20";

} // namespace

TEST_CASE("a connection is written, registered and noted; the intent exists while it is written") {
  Host host;
  std::size_t intents_during = 0;
  host.port.answer = [&](const std::string&) {
    host.root.put_controller("nvme3", "traddr=192.0.2.11,trsvcid=4420",
                             "nqn.2024-01.com.example:vol1");
    intents_during = host.intents().size();
    return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 3, .cntlid = 1},
                                  .took = 9ms};
  };
  WriteOutcome const outcome = host.writer.write(request_for("192.0.2.10"));
  CHECK(outcome.kind == WriteKind::connected);
  CHECK(outcome.device == "nvme3");
  CHECK(outcome.incarnation == host::incarnation_of(host.files, "nvme3"));
  CHECK(outcome.incarnation != 0);
  CHECK(outcome.took == 9ms);
  CHECK(host.port.written ==
        std::vector<std::string>{"nqn=nqn.2024-01.com.example:vol1,transport=tcp,traddr=192.0.2.10,"
                                 "trsvcid=4420,hostnqn=nqn.2024-01.com.example:host,"
                                 "hostid=11111111-2222-3333-4444-555555555555"});
  CHECK(intents_during == 1);
  CHECK(host.intents().empty());
  auto const entry = host::read_registry_entry(host.files, "nvme3");
  REQUIRE(entry);
  CHECK(*entry == host::RegistryEntry{.owner = "nvmf-policy", .seqnum = 42});
  CHECK_FALSE(host::read_controller_note(host.files, "nvme3"));
}

TEST_CASE("a path of the firmware's table is the firmware's in the registry") {
  Host host;
  host.port.answer = [&](const std::string&) {
    host.root.put_controller("nvme3", live_address, "nqn.2024-01.com.example:vol1");
    return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 3, .cntlid = 1}};
  };
  WriteRequest request = request_for("192.0.2.10");
  request.item.firmware.emplace();
  CHECK(host.writer.write(request).kind == WriteKind::connected);
  CHECK(host::read_registry_entry(host.files, "nvme3")->owner == "nbft");
}

TEST_CASE("only a path without an owner is adopted for the firmware") {
  Host host;
  host.root.put_controller("nvme3", live_address, "nqn.2024-01.com.example:vol1");
  REQUIRE(host.writer.adopt_firmware_path("nvme3"));
  CHECK(host::read_registry_entry(host.files, "nvme3")->owner == "nbft");
  REQUIRE(host::write_registry_entry(host.files, "nvme3"));
  REQUIRE(host.writer.adopt_firmware_path("nvme3"));
  CHECK(host::read_registry_entry(host.files, "nvme3")->owner == "nvmf-policy");
}

TEST_CASE("an address of the firmware's lease that is gone is left out, once") {
  struct Row {
    std::string name;
    std::optional<plan::FirmwarePath> firmware;
    int code;
    std::size_t writes;
  };
  for (const Row& row :
       {Row{"a lease", plan::FirmwarePath{.address_may_have_moved = true}, EADDRNOTAVAIL, 2},
        Row{"a static address", plan::FirmwarePath{}, EADDRNOTAVAIL, 1},
        Row{"no path of the table", {}, EADDRNOTAVAIL, 1},
        Row{"another answer", plan::FirmwarePath{.address_may_have_moved = true}, ECONNREFUSED,
            1}}) {
    CAPTURE(row.name);
    Host host;
    host.port.answer = [&](const std::string&) {
      return fabrics::ConnectAnswer{.result = base::errno_failure("/dev/nvme-fabrics", row.code)};
    };
    WriteRequest request = request_for("192.0.2.10");
    request.item.firmware = row.firmware;
    request.item.tid.endpoint->host_traddr = base::Traddr::parse_any("192.0.2.77");
    CHECK(host.writer.write(request).kind == WriteKind::failed);
    REQUIRE(host.port.written.size() == row.writes);
    CHECK(host.port.written.front().find(",host_traddr=192.0.2.77,") != std::string::npos);
    if (row.writes == 2)
      CHECK(host.port.written.back().find("host_traddr") == std::string::npos);
    CHECK(host.intents().empty());
  }
}

TEST_CASE("a discovery controller is noted with its plan, to end until its log was read") {
  Host host;
  host.port.answer = [&](const std::string&) {
    host.root.put_controller("nvme3", live_address, std::string(base::well_known_discovery_nqn),
                             "discovery");
    return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 3, .cntlid = 1}};
  };
  WriteRequest request = request_for("192.0.2.10", std::string(base::well_known_discovery_nqn));
  request.item.subject = base::Subject::discovery_controller;
  request.stay = execute::Stay::transient;
  CHECK(host.writer.write(request).kind == WriteKind::connected);
  CHECK(host::read_controller_note(host.files, "nvme3") ==
        host::ControllerNote{.id = request.id, .stay = execute::Stay::transient});
  CHECK(host::transient_controllers(host.files, request.id) == std::vector<std::string>{"nvme3"});
  CHECK(host::transient_controllers(host.files, "fedcba9876543210").empty());
  host::write_controller_note(host.files, "nvme3", {.id = request.id});
  CHECK(host::transient_controllers(host.files, request.id).empty());
  // The number was given to another one.
  host.root.put_controller("nvme3", "traddr=192.0.2.99,trsvcid=8009",
                           std::string(base::well_known_discovery_nqn), "discovery");
  CHECK_FALSE(host::read_controller_note(host.files, "nvme3"));
}

TEST_CASE("an existing path is never written again, whatever its host side") {
  struct Row {
    const char* name;
    const char* host_traddr;
    std::size_t writes;
  };
  for (const Row& row :
       {Row{"unset agrees", nullptr, 0}, Row{"the source that the kernel chose", "192.0.2.20", 0},
        Row{"another source", "192.0.2.21", 1}}) {
    CAPTURE(row.name);
    Host host;
    host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
    WriteRequest request = request_for("192.0.2.10");
    if (row.host_traddr)
      request.item.tid.endpoint->host_traddr = *base::Traddr::parse_any(row.host_traddr);
    WriteOutcome const outcome = host.writer.write(request);
    CHECK(host.port.written.size() == row.writes);
    if (row.writes == 0) {
      CHECK(outcome.kind == WriteKind::connected_by);
      CHECK(outcome.device == "nvme5");
    }
  }
}

TEST_CASE("a discovery controller without keep-alive does not serve as one that is to be kept") {
  struct Row {
    const char* name;
    const char* keep_alive; // in sysfs
    bool keep;              // ours
    std::size_t writes;
  };
  for (const Row& row :
       {Row{"in passing, ours is to stay", "0\n", true, 1},
        Row{"in passing, as ours", "0\n", false, 0}, Row{"kept", "120\n", true, 0}}) {
    CAPTURE(row.name);
    Host host;
    std::string const well_known(base::well_known_discovery_nqn);
    host.root.put_controller("nvme5", live_address, well_known, "discovery");
    host.root.put("/sys/class/nvme/nvme5/kato", row.keep_alive);
    WriteRequest request = request_for("192.0.2.10", well_known);
    request.item.subject = base::Subject::discovery_controller;
    request.item.keep_connected = row.keep;
    if (row.keep)
      request.item.connect[base::OptionId::keep_alive_tmo].value = std::int64_t{30};
    WriteOutcome const outcome = host.writer.write(request);
    CHECK(host.port.written.size() == row.writes);
    CHECK((outcome.kind == WriteKind::connected_by) == (row.writes == 0));
  }
}

TEST_CASE("a controller that appears or changes between two writes is seen") {
  Host host;
  CHECK(host.writer.write(request_for("192.0.2.10")).kind == WriteKind::connected);
  host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
  CHECK(host.writer.write(request_for("192.0.2.10")).device == "nvme5");
  host.root.put("/sys/class/nvme/nvme5/state", "deleting\n");
  CHECK(host.writer.write(request_for("192.0.2.10")).kind == WriteKind::connected);
  // Another one gets the number. The old one's directory stays somewhere, so that its inode does.
  std::filesystem::rename(host.root.path() + "/sys/class/nvme/nvme5", host.root.path() + "/gone");
  host.root.put_controller("nvme5", "traddr=192.0.2.99,trsvcid=4420",
                           "nqn.2024-01.com.example:vol1");
  CHECK(host.writer.write(request_for("192.0.2.99")).device == "nvme5");
}

TEST_CASE("a controller that was made a moment ago counts without being read") {
  Host host;
  host.port.answer = [&](const std::string&) {
    host.root.put_controller("nvme3", live_address, "nqn.2024-01.com.example:vol1");
    return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 3, .cntlid = 1}};
  };
  CHECK(host.writer.write(request_for("192.0.2.10")).kind == WriteKind::connected);
  // Nothing of it can be read any more but its number.
  host.root.put("/sys/class/nvme/nvme3/transport", "nothing\n");
  WriteRequest other = request_for("192.0.2.30", "nqn.2024-01.com.example:vol2");
  SUBCASE("its identity") {
    other.item.tid.host_nqn = "nqn.2024-01.com.example:other";
    CHECK(host.writer.write(other).error_class == ErrorClass::identity_conflict);
  }
  SUBCASE("its path, which is read again") {
    host.root.put("/sys/class/nvme/nvme3/transport", "tcp\n");
    WriteOutcome const again = host.writer.write(request_for("192.0.2.10"));
    CHECK(again.kind == WriteKind::connected_by);
    CHECK(again.device == "nvme3");
  }
}

TEST_CASE("forbidden writes are not made") {
  struct Row {
    const char* name;
    std::function<void(Host&, WriteRequest&)> change;
    ErrorClass error_class;
    const char* reason;
  };
  for (const Row& row : {
           Row{"the hostid belongs to another host NQN",
               [](Host&host, WriteRequest&request) {
                 host.root.put_controller("nvme5", live_address, "nqn.x");
                 request.item.tid.host_nqn = "nqn.2024-01.com.example:other";
               },
               ErrorClass::identity_conflict, nullptr},
           Row{"an option that the kernel lacks",
               [](Host&, WriteRequest&request) {
                 request.item.connect[base::OptionId::tls].value = true;
               },
               ErrorClass::invalid, "kernel-option-missing: tls"},
           Row{"a secret that is not there",
               [](Host&, WriteRequest&request) {
                 request.item.connect[base::OptionId::dhchap_secret].value =
                     base::SecretRef{.name = "absent"};
               },
               ErrorClass::secret_unavailable, "dhchap-secret: credential `absent` not found"},
           Row{"a comma in a name",
               [](Host&, WriteRequest&request) {
                 request.item.tid.subsystem_nqn = "nqn.x:a,nqn=nqn.y:b";
               },
               ErrorClass::invalid, nullptr},
           Row{"no fabrics device",
               [](Host&host, WriteRequest&) {
                 host.port.options = base::errno_failure("/dev/nvme-fabrics", ENOENT);
               },
               ErrorClass::no_device, "/dev/nvme-fabrics: No such file or directory"},
           Row{"a fabrics device that may not be opened",
               [](Host&host, WriteRequest&) {
                 host.port.options = base::errno_failure("/dev/nvme-fabrics", EACCES);
               },
               ErrorClass::not_permitted, "/dev/nvme-fabrics: Permission denied"},
           Row{"no descriptor for the fabrics device",
               [](Host&host, WriteRequest&) {
                 host.port.options = base::errno_failure("/dev/nvme-fabrics", EMFILE);
               },
               ErrorClass::local, "/dev/nvme-fabrics: Too many open files"},
           Row{"no descriptor for a secret",
               [](Host&, WriteRequest&request) {
                 request.item.connect[base::OptionId::dhchap_secret].value =
                     base::SecretRef{.name = "crowded"};
               },
               ErrorClass::local, "dhchap-secret: /secret: Too many open files in system"},
           Row{"no room for the intent",
               [](Host&host, WriteRequest&) {
                 host.failing.writes["/run/nvmf/intents/0123456789abcdef.json"] = ENOSPC;
               },
               ErrorClass::local,
               "/run/nvmf/intents/0123456789abcdef.json: No space left on device"},
           Row{"no lock",
               [](Host&host, WriteRequest&) { host.root.make_directory("/run/nvmf/write.lock"); },
               ErrorClass::local, nullptr},
           Row{"no descriptor to look at a controller",
               [](Host&host, WriteRequest&) {
                 host.root.put_controller("nvme5", live_address, "nqn.x");
                 host.failing.reads["/sys/class/nvme/nvme5/transport"] = EMFILE;
               },
               ErrorClass::local, "nvme5: Too many open files"},
       }) {
    CAPTURE(row.name);
    Host host;
    WriteRequest request = request_for("192.0.2.10");
    row.change(host, request);
    WriteOutcome const outcome = host.writer.write(request);
    CHECK(outcome.kind == WriteKind::failed);
    CHECK(outcome.error_class == row.error_class);
    if (row.reason)
      CHECK(outcome.reason == row.reason);
    CHECK(host.port.written.empty());
    CHECK(host.intents().empty());
  }
}

TEST_CASE("a failed write has its class and leaves no intent and no registry entry") {
  Host host;
  host.port.answer = [](const std::string&) {
    return fabrics::ConnectAnswer{
        .result = base::errno_failure("connect", EIO),
        .took = 20ms,
        .kernel_log = {"nvme nvme3: Connect for subsystem a is not allowed, hostnqn: b"}};
  };
  WriteOutcome const outcome = host.writer.write(request_for("192.0.2.10"));
  CHECK(outcome.kind == WriteKind::failed);
  CHECK(outcome.error_class == ErrorClass::rejected);
  CHECK(outcome.reason == "nvme nvme3: Connect for subsystem a is not allowed, hostnqn: b");
  CHECK(host.intents().empty());
  CHECK_FALSE(host.files.exists("/run/nvme/registry"));
}

TEST_CASE("a write that the kernel has no module for is told from a wrong option") {
  for (bool const is_loaded : {true, false}) {
    CAPTURE(is_loaded);
    Host host;
    if (is_loaded)
      host.root.make_directory("/sys/module/nvme_tcp");
    host.port.answer = [](const std::string&) {
      return fabrics::ConnectAnswer{.result = base::errno_failure("connect", EINVAL)};
    };
    CHECK(host.writer.write(request_for("192.0.2.10")).error_class ==
          (is_loaded ? ErrorClass::invalid : ErrorClass::transport_missing));
  }
}

TEST_CASE("a discovery controller that cannot be looked at is not passed over as gone") {
  Host host;
  host.root.put_controller("nvme3", live_address, std::string(base::well_known_discovery_nqn),
                           "discovery");
  host.failing.reads["/sys/class/nvme/nvme3/transport"] = ENFILE;
  auto const tid = request_for("192.0.2.10", std::string(base::well_known_discovery_nqn)).item.tid;
  CHECK_FALSE(host.writer.disconnect("nvme3", tid, 0));
  host.failing.reads.clear();
  CHECK(host.writer.disconnect("nvme3", tid, 0));
  CHECK(host.port.disconnected == std::vector<std::string>{"nvme3"});
}

TEST_CASE("what a killed writer left behind is adopted, or taken down if it was transient") {
  for (auto stay : {execute::Stay::persistent, execute::Stay::transient}) {
    bool const persistent = stay == execute::Stay::persistent;
    CAPTURE(persistent);
    Host host;
    host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
    REQUIRE(execute::write_intent(
        host.files,
        {.id = "fedcba9876543210", .stay = stay, .tid = request_for("192.0.2.10").item.tid}));
    CHECK(host.writer.write(request_for("192.0.2.77", "nqn.2024-01.com.example:vol2")).kind ==
          WriteKind::connected);
    CHECK(host.intents().empty());
    auto const entry = host::read_registry_entry(host.files, "nvme5");
    CHECK(entry.has_value() == persistent);
    CHECK(host.port.disconnected ==
          (persistent ? std::vector<std::string>{} : std::vector<std::string>{"nvme5"}));
  }
}

TEST_CASE("left-overs are settled without a write, too") {
  Host host;
  host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
  REQUIRE(execute::write_intent(host.files, {.id = "fedcba9876543210",
                                             .stay = execute::Stay::transient,
                                             .tid = request_for("192.0.2.10").item.tid}));
  host.writer.adopt();
  CHECK(host.port.disconnected == std::vector<std::string>{"nvme5"});
  CHECK(host.intents().empty());
  CHECK(host.port.written.empty());
}

TEST_CASE(
    "while nobody can tell what is connected nothing is written, and what is left over stays") {
  Host host;
  host.root.put("/sys/class/nvme", "cannot be listed\n");
  WriteRequest const request = request_for("192.0.2.77", "nqn.2024-01.com.example:vol2");
  auto const left_over = execute::write_intent(
      host.files, {.id = request.id, .tid = request_for("192.0.2.10").item.tid});
  REQUIRE(left_over);
  CHECK(host.writer.write(request).error_class == ErrorClass::local);
  CHECK(host.port.written.empty());
  auto const found = execute::left_over_intents(host.files);
  REQUIRE(found.size() == 1);
  CHECK(found[0].intent.tid == request_for("192.0.2.10").item.tid);
}

TEST_CASE("an intent whose controller somebody else owns changes nothing") {
  Host host;
  host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
  host.root.put("/run/nvme/registry/nvme5/owner", "stas\n");
  REQUIRE(execute::write_intent(host.files, {.id = "fedcba9876543210",
                                             .stay = execute::Stay::transient,
                                             .tid = request_for("192.0.2.10").item.tid}));
  host.writer.write(request_for("192.0.2.77", "nqn.2024-01.com.example:vol2"));
  CHECK(host.port.disconnected.empty());
  CHECK(host::read_registry_entry(host.files, "nvme5")->owner == "stas");
}

TEST_CASE("one unresponsive target has its turn per slow-delay on the whole host") {
  Host host;
  host.port.answer = [](const std::string&) {
    return fabrics::ConnectAnswer{.result = base::errno_failure("connect", EAGAIN), .took = 10s};
  };
  WriteRequest request = request_for("192.0.2.10");
  request.item.retry.slow_delay = 5min;
  request.lane = WriteRequest::Lane::suspect;
  CHECK(host.writer.write(request).error_class == ErrorClass::hung);
  host.clock.time += 1min;
  WriteOutcome const second = host.writer.write(request);
  CHECK(second.kind == WriteKind::postponed);
  CHECK(second.wait == 4min);
  CHECK(host.port.written.size() == 1);
  WriteRequest usual = request_for("192.0.2.11");
  CHECK(host.writer.write(usual).kind == WriteKind::failed);
  host.clock.time += 10min;
  CHECK(host.writer.write(request).kind == WriteKind::failed);
  CHECK(host.port.written.size() == 3);
}

TEST_CASE("a suspect that answers leaves the turn to the next") {
  Host host;
  WriteRequest request = request_for("192.0.2.10");
  request.item.retry.slow_delay = 5min;
  request.lane = WriteRequest::Lane::suspect;
  CHECK(host.writer.write(request).kind == WriteKind::connected);
  WriteRequest second = request_for("192.0.2.10", "nqn.2024-01.com.example:vol2");
  second.item.retry.slow_delay = 5min;
  second.lane = WriteRequest::Lane::suspect;
  CHECK(host.writer.write(second).kind == WriteKind::connected);
  host.port.answer = [](const std::string&) {
    return fabrics::ConnectAnswer{.result = base::errno_failure("connect", ECONNREFUSED),
                                  .took = 1ms};
  };
  WriteRequest third = request_for("192.0.2.12");
  third.item.retry.slow_delay = 5min;
  third.lane = WriteRequest::Lane::suspect;
  CHECK(host.writer.write(third).error_class == ErrorClass::refused);
  CHECK(host.writer.write(third).error_class == ErrorClass::refused);
}

TEST_CASE("a cancelled writer writes nothing") {
  Host host;
  host.writer.cancel();
  CHECK(host.writer.write(request_for("192.0.2.10")).kind == WriteKind::cancelled);
  CHECK(host.port.written.empty());
  CHECK(host.intents().empty());
}

TEST_CASE("a portal that did not answer is not asked again for every subsystem behind it") {
  Host host;
  host.port.answer = [](const std::string&) {
    return fabrics::ConnectAnswer{.result = base::errno_failure("connect", EAGAIN), .took = 60s};
  };
  WriteRequest request = request_for("192.0.2.10");
  request.item.retry.slow_delay = 5min;
  CHECK(host.writer.write(request).error_class == ErrorClass::hung);
  WriteRequest const second = request_for("192.0.2.10", "nqn.2024-01.com.example:vol2");
  WriteOutcome const outcome = host.writer.write(second);
  CHECK(outcome.error_class == ErrorClass::hung);
  CHECK(outcome.reason == "did not answer a short while ago");
  CHECK(host.port.written.size() == 1);
  host.port.answer = {};
  CHECK(host.writer.write(request_for("192.0.2.11")).kind == WriteKind::connected);
  // Asked in its own lane it answers: nothing is held against it any more.
  host.clock.time += 10min;
  request.lane = WriteRequest::Lane::suspect;
  CHECK(host.writer.write(request).kind == WriteKind::connected);
  CHECK(host.writer.write(second).kind == WriteKind::connected);
}

TEST_CASE("a suspect is not written while another process writes") {
  Host host;
  WriteRequest request = request_for("192.0.2.10");
  request.lane = WriteRequest::Lane::suspect;
  {
    auto const other = execute::FileLock::wait(host.root.path() + "/run/nvmf/write.lock");
    REQUIRE(other);
    CHECK(host.writer.write(request).kind == WriteKind::postponed);
  }
  CHECK(host.writer.write(request).kind == WriteKind::connected);
}

TEST_CASE("nothing is connected where nobody can say what is connected") {
  Host host;
  host.root.put("/sys/class/nvme", "no directory");
  WriteOutcome const outcome = host.writer.write(request_for("192.0.2.10"));
  CHECK(outcome.error_class == ErrorClass::local);
  CHECK(host.port.written.empty());
}

TEST_CASE("a discovery controller is disconnected if it is the one that was meant") {
  struct Row {
    const char* name;
    const char* device;
    const char* traddr; // of the endpoint that was meant
    std::size_t disconnects;
  };
  for (const Row& row : {
           Row{"it is", "nvme3", "192.0.2.10", 1},
           Row{"another one has its number", "nvme3", "192.0.2.11", 0},
           Row{"an I/O controller has its number", "nvme4", "192.0.2.10", 0},
           Row{"it is gone", "nvme9", "192.0.2.10", 0},
       }) {
    CAPTURE(row.name);
    Host host;
    host.root.put_controller("nvme3", live_address, std::string(base::well_known_discovery_nqn),
                             "discovery");
    host.root.put_controller("nvme4", live_address, "nqn.2024-01.com.example:vol1");
    for (const char* device : {"nvme3", "nvme4"}) {
      REQUIRE(host::write_registry_entry(host.files, device));
      host::write_controller_note(host.files, device, {.id = "0123456789abcdef"});
    }
    bool remembered_in_time = false;
    host.port.disconnecting = [&] {
      // The planner hears of the removal at once: nobody must remember the controller by then.
      remembered_in_time = host::read_registry_entry(host.files, "nvme3") ||
                           host::read_controller_note(host.files, "nvme3");
      return base::Result<void>();
    };
    auto const tid = request_for(row.traddr, std::string(base::well_known_discovery_nqn)).item.tid;
    CHECK(host.writer.disconnect(row.device, tid, 0));
    CHECK(host.port.disconnected == std::vector<std::string>(row.disconnects, row.device));
    CHECK_FALSE(remembered_in_time);
    CHECK(host::read_registry_entry(host.files, "nvme3").has_value() == (row.disconnects == 0));
    CHECK(host::read_controller_note(host.files, "nvme3").has_value() == (row.disconnects == 0));
    CHECK(host::read_registry_entry(host.files, "nvme4"));
  }
}

TEST_CASE("a disconnect that comes too late is done, one that the kernel refuses is not") {
  struct Row {
    int code;
    const char* message; // nullptr: it is done
  };
  for (const Row& row : {Row{ENOENT, nullptr}, Row{EACCES, "nvme3: Permission denied"}}) {
    CAPTURE(row.code);
    Host host;
    host.root.put_controller("nvme3", live_address, std::string(base::well_known_discovery_nqn),
                             "discovery");
    host.port.disconnecting = [&] { return base::errno_failure("nvme3", row.code); };
    auto const tid =
        request_for("192.0.2.10", std::string(base::well_known_discovery_nqn)).item.tid;
    auto const done = host.writer.disconnect("nvme3", tid, 0);
    CHECK(done.has_value() == (row.message == nullptr));
    if (!done && row.message)
      CHECK(done.error().message == row.message);
  }
}

TEST_CASE("a discovery controller that has the number and the address, and is another one, stays") {
  Host host;
  host.root.put_controller("nvme3", live_address, std::string(base::well_known_discovery_nqn),
                           "discovery");
  auto const present = host::incarnation_of(host.files, "nvme3");
  auto const tid = request_for("192.0.2.10", std::string(base::well_known_discovery_nqn)).item.tid;
  CHECK(host.writer.disconnect("nvme3", tid, present - 1));
  CHECK(host.port.disconnected.empty());
  CHECK(host.writer.disconnect("nvme3", tid, present));
  CHECK(host.port.disconnected == std::vector<std::string>{"nvme3"});
}

TEST_CASE("of what a killed writer left only the one controller that is newer is his") {
  Host host;
  host.root.put_controller("nvme5", live_address, "nqn.2024-01.com.example:vol1");
  execute::Intent intent{.id = "fedcba9876543210",
                         .stay = execute::Stay::transient,
                         .tid = request_for("192.0.2.10").item.tid,
                         .newest = host::incarnation_of(host.files, "nvme5")};
  std::vector<std::string> expected;
  SUBCASE("it was there before") {}
  SUBCASE("it is newer") {
    --intent.newest;
    expected = {"nvme5"};
  }
  SUBCASE("two are newer") {
    host.root.put_controller("nvme6", live_address, "nqn.2024-01.com.example:vol1");
    intent.newest = 1;
  }
  REQUIRE(execute::write_intent(host.files, intent));
  host.writer.adopt();
  CHECK(host.port.disconnected == expected);
  CHECK(host.intents().empty());
}

TEST_CASE(
    "a path that an administrator keeps away is not written, and ended where the kernel has it") {
  constexpr const char* digest = "sha256:now";
  Host host;
  WriteRequest request = request_for("192.0.2.10");
  request.policy_digest = digest;
  auto const mark = [&](const std::string& under) {
    REQUIRE(host::KeptAway(host.files)
                .add({.kind = base::EventKind::controller_lost,
                      .subject = base::Subject::io_subsystem,
                      .endpoint = *request.item.tid.endpoint,
                      .subsystem_nqn = request.item.tid.subsystem_nqn,
                      .host_nqn = request.item.tid.host_nqn,
                      .hostid = request.item.tid.hostid},
                     under));
  };
  std::string marked_in_kernel;
  host.port.answer = [&](const std::string&) {
    host.root.put_controller("nvme3", live_address, "nqn.2024-01.com.example:vol1");
    if (!marked_in_kernel.empty())
      mark(marked_in_kernel);
    return fabrics::ConnectAnswer{.result = fabrics::Connected{.instance = 3, .cntlid = 1}};
  };
  SUBCASE("before the write") {
    mark(digest);
    CHECK(host.writer.write(request).kind == WriteKind::kept_away);
    CHECK(host.port.written.empty());
    CHECK(host.port.disconnected.empty());
  }
  SUBCASE("while the kernel connects it") {
    marked_in_kernel = digest;
    CHECK(host.writer.write(request).kind == WriteKind::kept_away);
    CHECK(host.port.disconnected == std::vector<std::string>{"nvme3"});
    CHECK_FALSE(host::read_registry_entry(host.files, "nvme3"));
  }
  SUBCASE("another policy has its own say") {
    marked_in_kernel = "sha256:before";
    CHECK(host.writer.write(request).kind == WriteKind::connected);
    CHECK(host.port.disconnected.empty());
    CHECK(host::read_registry_entry(host.files, "nvme3"));
  }
  SUBCASE("what a killed writer left is ended as well") {
    REQUIRE(execute::write_intent(
        host.files, {.id = request.id, .tid = request.item.tid, .policy_digest = digest}));
    host.root.put_controller("nvme3", live_address, "nqn.2024-01.com.example:vol1");
    mark(digest);
    host.writer.adopt();
    CHECK(host.port.disconnected == std::vector<std::string>{"nvme3"});
    CHECK_FALSE(host::read_registry_entry(host.files, "nvme3"));
    CHECK(host.intents().empty());
  }
  CHECK(host.intents().empty());
}
