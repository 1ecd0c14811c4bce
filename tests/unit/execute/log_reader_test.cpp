#include "execute/log_reader.hpp"

#include "execute/temporary_root.hpp"
#include "fabrics/fake_port.hpp"
#include "failing_files.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using execute::LogOutcome;
using execute::LogRequest;
using LogKind = execute::LogOutcome::Kind;

namespace {

struct ReadHost {
  test::TemporaryRoot root;
  base::RealFileSystem files{root.path()};
  test::FakePort port;
  base::SystemClock clock;
  execute::LogReader reader{files, port, clock};
  std::shared_ptr<test::FakeController> controller = std::make_shared<test::FakeController>();

  ReadHost() {
    controller->page.add(test::subsystem_entry("192.0.2.10", "nqn.x:a"));
    port.controllers["nvme0"] = controller;
    root.put_controller("nvme0", "traddr=192.0.2.1,trsvcid=8009,src_addr=192.0.2.20",
                        "nqn.2014-08.org.nvmexpress.discovery", "discovery");
  }
};

LogRequest request_of(const char* traddr) {
  LogRequest request{.device = "nvme0"};
  request.item.tid = {.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                 .traddr = *base::Traddr::parse_any(traddr),
                                                 .trsvcid = 8009}};
  return request;
}

} // namespace

TEST_CASE("the log of the controller that is meant") {
  ReadHost host;
  LogOutcome const outcome = host.reader.read(request_of("192.0.2.1"));
  CHECK(outcome.kind == LogKind::read);
  CHECK(outcome.log.entries.size() == 1);
  CHECK(outcome.own_nqn == "nqn.2014-08.org.nvmexpress.discovery");
}

TEST_CASE("a number that another controller has now is not touched") {
  ReadHost host;
  CHECK(host.reader.read(request_of("192.0.2.2")).kind == LogKind::gone);
  SUBCASE("an I/O controller") { host.root.put("/sys/class/nvme/nvme0/cntrltype", "io\n"); }
  SUBCASE("gone from sysfs") { (void)host.files.remove("/sys/class/nvme/nvme0/transport"); }
  SUBCASE("gone from /dev") { host.port.controllers.clear(); }
  CHECK(host.reader.read(request_of("192.0.2.1")).kind == LogKind::gone);
  CHECK(host.controller->requests.empty());
}

TEST_CASE("a controller that cannot be looked at for want of descriptors is not gone") {
  ReadHost host;
  test::FailingFiles failing(host.files);
  failing.reads["/sys/class/nvme/nvme0/transport"] = EMFILE;
  LogOutcome const outcome =
      execute::LogReader(failing, host.port, host.clock).read(request_of("192.0.2.1"));
  CHECK(outcome.kind == LogKind::failed);
  CHECK(outcome.error.code == EMFILE);
}

TEST_CASE("a controller that is reconnecting is asked later") {
  ReadHost host;
  host.root.put("/sys/class/nvme/nvme0/state", "connecting\n");
  LogOutcome const outcome = host.reader.read(request_of("192.0.2.1"));
  CHECK(outcome.kind == LogKind::failed);
  CHECK(outcome.error.message == "nvme0 is connecting");
  CHECK(host.controller->requests.empty());
}

TEST_CASE("a unique NQN is reported before the log is read, if that was asked for") {
  ReadHost host;
  host.controller->nqn = "nqn.2020-01.com.array:discovery";
  LogRequest request = request_of("192.0.2.1");
  CHECK(host.reader.read(request).kind == LogKind::read);
  request.nqn = LogRequest::Nqn::unique_first;
  LogOutcome const outcome = host.reader.read(request);
  CHECK(outcome.kind == LogKind::reconnect_as);
  CHECK(outcome.own_nqn == "nqn.2020-01.com.array:discovery");
  host.controller->nqn = "nqn.x:a,nqn=b";
  CHECK(host.reader.read(request).own_nqn.empty());
}
