#include "host/controller_news.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace nvmf;

TEST_CASE("an event of the kernel is about a controller, or about something else") {
  struct Row {
    std::string message;
    std::string device;
  };
  using namespace std::string_literals;
  for (const Row& row : std::vector<Row>{
           {"add@/devices/virtual/nvme-fabrics/ctl/nvme3\0ACTION=add\0SUBSYSTEM=nvme\0"s, "nvme3"},
           {"remove@/devices/virtual/nvme-fabrics/ctl/nvme12", "nvme12"},
           {"change@/devices/pci0000:00/0000:00:04.0/nvme/nvme0\0NVME_EVENT=connected\0"s, "nvme0"},
           {"add@/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", ""},
           {"add@/devices/virtual/nvme-fabrics/ctl/nvme0/nvme0c0n1", ""},
           {"add@/devices/virtual/net/eth0\0INTERFACE=/nvme3\0"s, ""},
           {"add@nvme3", ""},
           {"libudev\0/nvme3"s, ""},
           {"", ""}}) {
    CAPTURE(row.message);
    CHECK(host::controller_of_event(row.message) == row.device);
  }
}
