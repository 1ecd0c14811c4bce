#include "imported.hpp"
#include "importing/names.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::tests;
using importing::FileKind;

TEST_CASE("kind_of: files are known by what is in them") {
  struct Row {
    std::string name;
    TextFile file;
    std::optional<FileKind> kind;
  };
  const Row rows[] = {
      {"options", {"x", "# c\n --transport=tcp\n"}, FileKind::discovery_conf},
      {"nothing but comments", {"/etc/nvme/discovery.conf", "# c\n"}, FileKind::discovery_conf},
      {"JSON", {"x", "\n[ {\"hostnqn\": \"a\"} ]"}, FileKind::config_json},
      {"sections of libnvme", {"x", "[Subsystem]\nnqn = a\n"}, FileKind::fabrics_conf},
      {"stafd by section", {"x", "[Service Discovery]\nzeroconf=disabled\n"}, FileKind::stafd},
      {"stacd by section",
       {"x", "[I/O controller connection management]\ndisconnect-scope=x\n"},
       FileKind::stacd},
      {"stacd by name", {"/etc/stas/stacd.conf", "[Global]\ntron=true\n"}, FileKind::stacd},
      {"stafd by name", {"/etc/stas/stafd.conf", "[Controllers]\n"}, FileKind::stafd},
      {"a policy", {"x.yaml", "version: 1\n"}, std::nullopt},
      {"empty", {"x", ""}, std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(importing::kind_of(*source_of(row.file)) == row.kind);
  }
}

TEST_CASE("names: lower-case words, each once") {
  CHECK(importing::kebab("SN.01_a..B") == "sn-01-a-b");
  CHECK(importing::kebab("***") == "unnamed");
  CHECK(importing::kebab(std::string(60, 'x')).size() == 40);
  importing::Names names;
  CHECK(names.unique("a") == "a");
  CHECK(names.unique("a") == "a-2");
  CHECK(names.unique("a") == "a-3");
}
