#include "firmware/tables.hpp"

#include "firmware/sample_table.hpp"
#include "firmware/table_builder.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace nvmf;

namespace {

constexpr const char* acpi = "/sys/firmware/acpi/tables";

// A folder in the place of the host's root.
class FirmwareRoot {
public:
  FirmwareRoot() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "nvmf-firmware-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~FirmwareRoot() { std::filesystem::remove_all(path_); }
  FirmwareRoot(const FirmwareRoot&) = delete;
  FirmwareRoot& operator=(const FirmwareRoot&) = delete;

  void put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(path_ + acpi);
    std::ofstream(path_ + acpi + '/' + name, std::ios::binary) << bytes;
  }
  firmware::Tables read() const { return firmware::read_tables(base::RealFileSystem(path_)); }

private:
  std::string path_;
};

} // namespace

TEST_CASE("a host without ACPI has no table") {
  CHECK(FirmwareRoot().read() == firmware::Tables());
}

TEST_CASE("every table is read, and a broken one is reported") {
  FirmwareRoot const root;
  firmware::Table second;
  second.host.nqn = "nqn.a:second";
  root.put("NBFT1", test::build_table(test::sample_table()).bytes);
  root.put("NBFT2", "NBFT of another kind");
  root.put("NBFT3", test::build_table(second).bytes);
  root.put("DSDT", "another table");
  auto const tables = root.read();
  REQUIRE(tables.all.size() == 2);
  CHECK(tables.all[0].path == "/sys/firmware/acpi/tables/NBFT1");
  CHECK(tables.all[0].subsystems == test::sample_table().subsystems);
  CHECK(tables.all[1].host.nqn == "nqn.a:second");
  CHECK(tables.problems ==
        std::vector<std::string>{"/sys/firmware/acpi/tables/NBFT2: byte 0: 20 bytes are less than "
                                 "header and control descriptor"});
}

TEST_CASE("a part that was passed over is reported with the file") {
  FirmwareRoot const root;
  test::TableBytes table = test::build_table(test::sample_table());
  table.put(table.subsystems + 5, 1, 1);
  table.set_checksum();
  root.put("NBFT", table.bytes);
  auto const tables = root.read();
  REQUIRE(tables.all.size() == 1);
  CHECK(tables.all[0].subsystems.size() == 1);
  CHECK(tables.problems ==
        std::vector<std::string>{
            "/sys/firmware/acpi/tables/NBFT: byte 229: transport type 1 is not tcp"});
}
