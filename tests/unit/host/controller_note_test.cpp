#include "host/controller_note.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>
#include <filesystem>

using namespace nvmf;
using host::ControllerNote;
using host::Stay;

TEST_CASE("a note is of one incarnation: numbers of two sides may change places") {
  test::TemporaryTree tree;
  base::RealFileSystem files = tree.files();
  const std::string left = "0123456789abcdef";
  const std::string right = "fedcba9876543210";
  std::filesystem::path const nvme = tree.root() + "/sys/class/nvme";
  for (const char* device : {"nvme0", "nvme1"})
    tree.make_directory(std::string("/sys/class/nvme/") + device);
  host::write_controller_note(files, "nvme0", {.id = left, .stay = Stay::transient});
  host::write_controller_note(files, "nvme1", {.id = right, .stay = Stay::persistent});
  CHECK(host::read_controller_note(files, "nvme0") ==
        ControllerNote{.id = left, .stay = Stay::transient});
  CHECK(host::read_controller_note(files, "nvme1") ==
        ControllerNote{.id = right, .stay = Stay::persistent});
  CHECK(host::transient_controllers(files, left) == std::vector<std::string>{"nvme0"});
  CHECK(host::transient_controllers(files, right).empty());

  std::filesystem::rename(nvme / "nvme0", nvme / "nvme2");
  std::filesystem::rename(nvme / "nvme1", nvme / "nvme0");
  std::filesystem::rename(nvme / "nvme2", nvme / "nvme1");
  CHECK_FALSE(host::read_controller_note(files, "nvme0"));
  CHECK_FALSE(host::read_controller_note(files, "nvme1"));
  CHECK(host::transient_controllers(files, left).empty());
}

TEST_CASE("a note of the version before holds for its endpoint") {
  test::TemporaryTree tree;
  base::RealFileSystem const files = tree.files();
  tree.write("/run/nvmf/controllers/nvme0", "0123456789abcdef\n\npersistent\n");
  CHECK(host::read_controller_note(files, "nvme0") == ControllerNote{.id = "0123456789abcdef"});
  tree.write("/run/nvmf/controllers/nvme0", "0123456789abcdef\nanother\npersistent\n");
  CHECK_FALSE(host::read_controller_note(files, "nvme0"));
}
