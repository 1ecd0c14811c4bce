#include "base/nqn.hpp"
#include "host/controllers.hpp"
#include "host/fc_ports.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using base::OptionId;

namespace {

using Attributes = std::map<std::string, std::string>;

// Attributes of a tcp I/O controller as a 6.12 kernel shows them.
Attributes io_controller() {
  return {{"transport", "tcp"},
          {"address", "traddr=192.0.2.10,trsvcid=4420,host_iface=eth1,src_addr=192.0.2.20"},
          {"state", "live"},
          {"cntrltype", "io"},
          {"subsysnqn", "nqn.2014-08.com.example:vol1"},
          {"hostnqn", "nqn.2014-08.com.example:host"},
          {"hostid", "11111111-2222-3333-4444-555555555555"},
          {"sqsize", "127"},
          {"queue_count", "9"},
          {"kato", "5"},
          {"ctrl_loss_tmo", "600"},
          {"reconnect_delay", "10"},
          {"fast_io_fail_tmo", "off"}};
}

void add(test::TemporaryTree& tree, const std::string& device, const Attributes& attributes) {
  for (auto const& [name, value] : attributes)
    tree.write("/sys/class/nvme/" + device + "/" + name, value + "\n");
}

std::int64_t number(const decide::Controller& controller, OptionId option) {
  return std::get<std::int64_t>(controller.connect.at(option));
}

void add_port(test::TemporaryTree& tree, const std::string& path, const char* node,
              const char* port) {
  tree.write(path + "/node_name", std::string(node) + "\n");
  tree.write(path + "/port_name", std::string(port) + "\n");
}

} // namespace

TEST_CASE("an I/O controller with its options") {
  test::TemporaryTree tree;
  add(tree, "nvme3", io_controller());
  tree.write("/run/nvme/registry/nvme3/owner", "stas\n");
  auto const controller = host::read_controller(tree.files(), "nvme3");
  REQUIRE(controller);
  CHECK(controller->device == "nvme3");
  CHECK(controller->state == "live");
  CHECK(controller->counts_as_connected());
  CHECK(controller->type == decide::ControllerType::io);
  CHECK(controller->endpoint.transport == base::Transport::tcp);
  CHECK(controller->endpoint.traddr == base::Traddr::parse_any("192.0.2.10"));
  CHECK(controller->endpoint.trsvcid == 4420);
  CHECK_FALSE(controller->endpoint.host_traddr);
  CHECK(controller->endpoint.host_iface == "eth1");
  CHECK(controller->src_addr == base::Traddr::parse_any("192.0.2.20"));
  CHECK(controller->subsystem_nqn == "nqn.2014-08.com.example:vol1");
  CHECK(controller->host_nqn == "nqn.2014-08.com.example:host");
  CHECK(controller->hostid == "11111111-2222-3333-4444-555555555555");
  CHECK(controller->owner == "stas");
  CHECK(number(*controller, OptionId::queue_size) == 128);
  CHECK(number(*controller, OptionId::nr_io_queues) == 8);
  CHECK(number(*controller, OptionId::keep_alive_tmo) == 5);
  CHECK(number(*controller, OptionId::ctrl_loss_tmo) == 600);
  CHECK(number(*controller, OptionId::reconnect_delay) == 10);
  CHECK(number(*controller, OptionId::fast_io_fail_tmo) == -1);
}

TEST_CASE("attributes that sysfs does not show are unknown") {
  test::TemporaryTree tree;
  Attributes attributes = io_controller();
  attributes["ctrl_loss_tmo"] = "off";
  attributes["sqsize"] = "unreadable";
  for (const char* name : {"cntrltype", "kato", "hostid"})
    attributes.erase(name);
  add(tree, "nvme3", attributes);
  auto const controller = host::read_controller(tree.files(), "nvme3");
  REQUIRE(controller);
  CHECK(controller->type == decide::ControllerType::unknown);
  CHECK(number(*controller, OptionId::ctrl_loss_tmo) == -1);
  CHECK_FALSE(controller->connect.contains(OptionId::queue_size));
  CHECK_FALSE(controller->connect.contains(OptionId::keep_alive_tmo));
  CHECK(controller->hostid.empty());
  CHECK_FALSE(controller->owner);
}

TEST_CASE("a discovery controller has no queue options") {
  test::TemporaryTree tree;
  Attributes attributes = io_controller();
  attributes["queue_count"] = "1";
  SUBCASE("by its type") { attributes["cntrltype"] = "discovery"; }
  SUBCASE("by its NQN, of a kernel before 5.18") {
    attributes.erase("cntrltype");
    attributes["subsysnqn"] = base::well_known_discovery_nqn;
  }
  add(tree, "nvme0", attributes);
  auto const controller = host::read_controller(tree.files(), "nvme0");
  REQUIRE(controller);
  CHECK(controller->is_discovery());
  CHECK_FALSE(controller->is_io());
  CHECK_FALSE(controller->connect.contains(OptionId::nr_io_queues));
  CHECK_FALSE(controller->connect.contains(OptionId::queue_size));
}

TEST_CASE("controllers of other kinds are left out, the rest comes by number") {
  test::TemporaryTree tree;
  for (const char* device : {"nvme10", "nvme2"})
    add(tree, device, io_controller());
  Attributes pcie = io_controller();
  pcie["transport"] = "pcie";
  pcie["address"] = "0000:01:00.0";
  add(tree, "nvme0", pcie);
  Attributes vanished = io_controller();
  vanished.erase("state");
  add(tree, "nvme4", vanished);
  tree.make_directory("/sys/class/nvme/nvme5");
  tree.make_directory("/sys/class/nvme/nvme-subsys0");
  Attributes fc = io_controller();
  fc["transport"] = "fc";
  fc["address"] = "traddr=nn-0x2036d039ea951c45:pn-0x2037d039ea951c45,"
                  "host_traddr=nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2";
  add(tree, "nvme11", fc);
  auto const controllers = host::read_controllers(tree.files());
  REQUIRE(controllers.size() == 3);
  CHECK(controllers[0].device == "nvme2");
  CHECK(controllers[1].device == "nvme10");
  CHECK(controllers[2].device == "nvme11");
  CHECK(controllers[2].endpoint.host_traddr ==
        base::Traddr::parse_any("nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2"));
  CHECK(host::read_controllers(test::TemporaryTree().files()).empty());
}

TEST_CASE("FC ports and what they see") {
  test::TemporaryTree tree;
  add_port(tree, "/sys/class/fc_host/host6", "0x2000f4c7aa0cd7c3", "0x2100f4c7aa0cd7c3");
  add_port(tree, "/sys/class/fc_host/host5", "0x2000f4c7aa0cd7c2", "0x2100f4c7aa0cd7c2");
  struct Remote {
    const char* name;
    const char* port;
    const char* roles;
    const char* state;
  };
  const Remote remotes[] = {
      {"rport-5:0-1", "0x2039d039ea951c45", "NVMe Target, NVMe Discovery", "Online"},
      {"rport-5:0-0", "0x2037d039ea951c45", "NVMe Target", "Online"},
      {"rport-5:0-2", "0x203bd039ea951c45", "FCP Target", "Online"},
      {"rport-5:0-3", "0x203cd039ea951c45", "NVMe Target", "Blocked"},
      {"rport-6:0-0", "0x2038d039ea951c45", "NVMe Discovery", "Online"},
      {"rport-60:0-0", "0x2040d039ea951c45", "NVMe Target", "Online"},
  };
  for (const Remote& remote : remotes) {
    std::string const path = std::string("/sys/class/fc_remote_ports/") + remote.name;
    add_port(tree, path, "0x2036d039ea951c45", remote.port);
    tree.write(path + "/roles", std::string(remote.roles) + "\n");
    tree.write(path + "/port_state", std::string(remote.state) + "\n");
  }
  auto const ports = host::read_fc_ports(tree.files());
  REQUIRE(ports.size() == 2);
  CHECK(ports[0].host.to_string() == "nn-0x2000f4c7aa0cd7c2:pn-0x2100f4c7aa0cd7c2");
  REQUIRE(ports[0].remotes.value().size() == 2);
  CHECK(ports[0].remotes.value()[0].port == 0x2037d039ea951c45);
  CHECK(ports[0].remotes.value()[1].port == 0x2039d039ea951c45);
  REQUIRE(ports[1].remotes.value().size() == 1);
  CHECK(ports[1].remotes.value()[0].port == 0x2038d039ea951c45);
}

TEST_CASE("without FC there are no ports; where the driver lists no remote port they are unknown") {
  test::TemporaryTree tree;
  CHECK(host::read_fc_ports(tree.files()).empty());
  tree.make_directory("/sys/class/fcloop/ctl");
  CHECK(host::read_fc_ports(tree.files()).empty());
  add_port(tree, "/sys/class/fc_host/host5", "0x2000f4c7aa0cd7c2", "0x2100f4c7aa0cd7c2");
  REQUIRE(host::read_fc_ports(tree.files()).size() == 1);
  CHECK_FALSE(host::read_fc_ports(tree.files()).front().remotes);
}
