#include "execute/live_controllers.hpp"

#include "base/file_system.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
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

// The kernel's events about what a test does, or nothing where they were lost.
struct Events {
  std::optional<std::vector<std::string>> news = std::nullopt;
  execute::LiveControllers::News taken() {
    return [this] { return std::exchange(news, std::vector<std::string>()); };
  }
};

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
    auto const newest = live.newest_incarnation();
    CHECK(newest != 0);
    CHECK(look().empty());
    // One of a number that was used before is newer than that all the same.
    CHECK(live.newest_incarnation() == newest);
  }
}

TEST_CASE("between the kernel's events nothing is looked at but what may be the wanted path") {
  test::TemporaryTree tree;
  auto const files = tree.files();
  Events events;
  execute::LiveControllers live(files, events.taken());
  plan::Tid wanted{.endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                              .traddr = base::Traddr::parse_any("10.0.0.1")},
                   .subsystem_nqn = "nqn.2014-08.com.example:vol2"};
  using Seen = std::vector<std::string>;
  auto const look = [&] { return seen_in(*live.look(wanted).value()); };
  for (int device = 0; device < 20; ++device)
    connect_volume(tree, device, device);
  Seen all = look();
  REQUIRE(all.size() == 20);
  SUBCASE("one that came without an event is not seen until events were lost") {
    connect_volume(tree, 20, 20);
    CHECK(look() == all);
    events.news.reset();
    CHECK(look().size() == 21);
  }
  SUBCASE("one that came, and one that went") {
    connect_volume(tree, 20, 20);
    tree.remove("/sys/class/nvme/nvme3");
    events.news = {"nvme3", "nvme20", "nvme20"};
    Seen const now = look();
    CHECK(now.size() == 20);
    CHECK(std::count(now.begin(), now.end(), "nvme20 vol20") == 1);
    CHECK(std::count(now.begin(), now.end(), "nvme3 vol3") == 0);
  }
  SUBCASE("one that came and went again before the look") {
    events.news = {"nvme20"};
    CHECK(look() == all);
  }
  SUBCASE("a number is given to another one") {
    std::filesystem::rename(tree.root() + "/sys/class/nvme/nvme1", tree.root() + "/gone");
    connect_volume(tree, 1, 21);
    events.news = {"nvme1"};
    Seen const now = look();
    CHECK(now.size() == 20);
    CHECK(std::count(now.begin(), now.end(), "nvme1 vol21") == 1);
  }
  SUBCASE("the state of the wanted one is that of now") {
    tree.write("/sys/class/nvme/nvme2/state", "deleting\n");
    CHECK(live.look(wanted).value()->controllers->find("nvme2")->state == "deleting");
    tree.remove("/sys/class/nvme/nvme2");
    CHECK(look().size() == 19);
  }
  SUBCASE("one that cannot be read yet is looked at again without another event") {
    tree.make_directory("/sys/class/nvme/nvme20");
    events.news = {"nvme20"};
    CHECK(look() == all);
    connect_volume(tree, 20, 20);
    CHECK(look().size() == 21);
  }
}
