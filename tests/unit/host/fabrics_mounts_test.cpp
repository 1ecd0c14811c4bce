#include "host/fabrics_mounts.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace nvmf;

namespace {

// sda is local, nvme1n1 a namespace without multipath over tcp, nvme2n1 one of a subsystem with
// multipath over tcp, nvme3n1 one with PCIe controllers alone; dm-0 lies on nvme2n1's partition by
// way of md0, dm-1 on sda.
void put_devices(test::TemporaryTree& tree) {
  auto const block = [&](const std::string& name, const std::string& number,
                         const std::string& place, const std::vector<std::string>& slaves) {
    tree.link("/sys/dev/block/" + number, "../../devices/" + place);
    tree.make_directory("/sys/devices/" + place);
    tree.link("/sys/class/block/" + name, "../../devices/" + place);
    for (const std::string& slave : slaves)
      tree.make_directory("/sys/devices/" + place + "/slaves/" + slave);
  };
  block("sda", "8:0", "pci0/ata1/block/sda", {});
  block("nvme1n1", "259:1", "virtual/nvme-fabrics/ctl/nvme1/nvme1n1", {});
  block("nvme2n1", "259:2", "virtual/nvme-subsystem/nvme-subsys2/nvme2n1", {});
  block("nvme2n1p1", "259:3", "virtual/nvme-subsystem/nvme-subsys2/nvme2n1/nvme2n1p1", {});
  block("nvme3n1", "259:4", "virtual/nvme-subsystem/nvme-subsys3/nvme3n1", {});
  block("md0", "9:0", "virtual/block/md0", {"nvme2n1p1"});
  block("dm-0", "253:0", "virtual/block/dm-0", {"md0"});
  block("dm-1", "253:1", "virtual/block/dm-1", {"sda"});
  tree.make_directory("/sys/class/nvme-subsystem/nvme-subsys2/nvme2");
  tree.make_directory("/sys/class/nvme-subsystem/nvme-subsys3/nvme3");
  tree.write("/sys/class/nvme/nvme2/transport", "tcp\n");
  tree.write("/sys/class/nvme/nvme3/transport", "pcie\n");
  tree.link("/dev/mapper/root", "../dm-0");
}

std::string mount(const std::string& number, const std::string& where,
                  const std::string& source = "/dev/x", const std::string& type = "ext4") {
  return "36 35 " + number + " / " + where + " rw,relatime shared:1 - " + type + ' ' + source +
         " rw\n";
}

} // namespace

TEST_CASE("the host's own system lies on a fabric, or it does not") {
  struct Row {
    const char* name;
    std::string mounts;
    std::string swaps; // without the heading
    bool expected;
  };
  std::string const local = mount("8:0", "/");
  for (const Row& row : std::vector<Row>{
           {"a local root", local, "", false},
           {"root on a namespace", mount("259:1", "/"), "", true},
           {"on one with multipath", mount("259:2", "/"), "", true},
           {"on a partition of it", mount("259:3", "/"), "", true},
           {"on one of PCIe controllers", mount("259:4", "/"), "", false},
           {"on LVM on md on a partition of one", mount("253:0", "/"), "", true},
           {"on LVM on a local disk", mount("253:1", "/"), "", false},
           {"/usr on one", local + mount("259:2", "/usr"), "", true},
           {"data on one", local + mount("259:2", "/srv") + mount("259:1", "/usr/local"), "",
            false},
           {"btrfs, which has a number of its own", mount("0:31", "/", "/dev/mapper/root", "btrfs"),
            "", true},
           {"an overlay", mount("0:31", "/", "overlay", "overlay"), "", false},
           {"swap on one", local, "/dev/nvme1n1 partition 1 0 -2\n", true},
           {"swap on LVM", local, "/dev/dm-1 partition 1 0 -2\n/dev/dm-0 partition 1 0 -3\n", true},
           {"a local swap", local, "/dev/sda partition 1 0 -2\n", false},
           {"a swap file on a mount of one", local + mount("259:2", "/my\\040data"),
            "/my\\040data/swap file 1 0 -2\n", true},
           {"beside that mount", local + mount("259:2", "/data"), "/database/swap file 1 0 -2\n",
            false},
           {"below it on a local one",
            local + mount("259:2", "/data") + mount("8:0", "/data/local"),
            "/data/local/swap file 1 0 -2\n", false},
           {"broken tables", "36 35 259:1 / / rw\n - -\n\n", "/dev/nvme1n1\n\\04\n", false}}) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    put_devices(tree);
    tree.write("/proc/self/mountinfo", row.mounts);
    tree.write("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n" + row.swaps);
    CHECK(host::system_lies_on_fabrics(tree.files()) == row.expected);
  }
  test::TemporaryTree const nothing;
  CHECK_FALSE(host::system_lies_on_fabrics(nothing.files()));
}
