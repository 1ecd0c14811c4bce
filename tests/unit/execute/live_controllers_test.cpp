#include "execute/live_controllers.hpp"

#include "base/file_system.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <vector>

using namespace nvmf;

namespace {

void connect_volume(test::TemporaryTree& tree, int device, int volume) {
  std::string const directory = fmt::format("/sys/class/nvme/nvme{}/", device);
  tree.write(directory + "transport", "tcp\n");
  tree.write(directory + "address", "traddr=10.0.0.1,trsvcid=4420\n");
  tree.write(directory + "state", "live\n");
  tree.write(directory + "cntrltype", "io\n");
  tree.write(directory + "subsysnqn", fmt::format("nqn.2014-08.com.example:vol{}\n", volume));
}

// `nvme0 vol1`, sorted: their order means nothing.
std::vector<std::string> seen_in(const decide::Facts& facts) {
  std::vector<std::string> all;
  for (const decide::Controller& one : *facts.controllers)
    all.push_back(one.device + ' ' + one.subsystem_nqn.substr(one.subsystem_nqn.find(':') + 1));
  std::sort(all.begin(), all.end());
  return all;
}

} // namespace

TEST_CASE("each look knows the controllers that came, went and took another's number") {
  test::TemporaryTree tree;
  auto const files = tree.files();
  execute::LiveControllers live(files);
  plan::Tid const wanted{.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                                    .traddr = base::Traddr::parse_any("10.0.0.2")},
                         .subsystem_nqn = "nqn.2014-08.com.example:other"};
  using Seen = std::vector<std::string>;
  auto const look = [&] { return seen_in(*live.look(wanted).value()); };
  CHECK(look().empty());
  for (int device = 0; device < 4; ++device)
    connect_volume(tree, device, device);
  CHECK(look() == Seen{"nvme0 vol0", "nvme1 vol1", "nvme2 vol2", "nvme3 vol3"});
  CHECK(look() == Seen{"nvme0 vol0", "nvme1 vol1", "nvme2 vol2", "nvme3 vol3"});
  SUBCASE("the first and the last go") {
    tree.remove("/sys/class/nvme/nvme0");
    tree.remove("/sys/class/nvme/nvme3");
    CHECK(look() == Seen{"nvme1 vol1", "nvme2 vol2"});
    connect_volume(tree, 5, 5);
    CHECK(look() == Seen{"nvme1 vol1", "nvme2 vol2", "nvme5 vol5"});
  }
  SUBCASE("those in the middle go") {
    tree.remove("/sys/class/nvme/nvme1");
    tree.remove("/sys/class/nvme/nvme2");
    CHECK(look() == Seen{"nvme0 vol0", "nvme3 vol3"});
    tree.remove("/sys/class/nvme/nvme3");
    CHECK(look() == Seen{"nvme0 vol0"});
  }
  SUBCASE("a number is given to another one") {
    // The old one's directory stays somewhere, so that its inode does.
    std::filesystem::rename(tree.root() + "/sys/class/nvme/nvme1", tree.root() + "/gone");
    connect_volume(tree, 1, 9);
    CHECK(look() == Seen{"nvme0 vol0", "nvme1 vol9", "nvme2 vol2", "nvme3 vol3"});
  }
  SUBCASE("the last one, when another is gone, gives its number to another") {
    tree.remove("/sys/class/nvme/nvme1");
    CHECK(look() == Seen{"nvme0 vol0", "nvme2 vol2", "nvme3 vol3"});
    std::filesystem::rename(tree.root() + "/sys/class/nvme/nvme3", tree.root() + "/gone");
    connect_volume(tree, 3, 9);
    connect_volume(tree, 4, 4);
    CHECK(look() == Seen{"nvme0 vol0", "nvme2 vol2", "nvme3 vol9", "nvme4 vol4"});
  }
  SUBCASE("all go") {
    tree.remove("/sys/class/nvme");
    CHECK(look().empty());
    CHECK(live.newest_incarnation() == 0);
  }
}
