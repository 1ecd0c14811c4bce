#include "host/create_identity.hpp"

#include "base/host_uuid.hpp"
#include "base/nqn.hpp"
#include "host/identity.hpp"

#include "temporary_tree.hpp"

#include <doctest/doctest.h>

using namespace nvmf;

namespace {

const std::string uuid = "4c4c4544-0051-4a10-8052-b9c04f4a4e32";
const std::string other = "0b2d6a2e-6c1a-4d62-9b57-0d1b6f0a1c22";
const std::string zeros = "00000000-0000-0000-0000-000000000000";

std::string line(const std::string& text) { return text + '\n'; }

} // namespace

TEST_CASE("a host identity is made from what there is") {
  struct {
    const char* name;
    std::optional<std::string> hostnqn; // the files before
    std::optional<std::string> hostid;
    std::optional<std::string> product;
    std::string made_nqn; // and after
    std::string made_id;
    std::string from;
    std::string hindered_by = {};
  } const rows[] = {
      {"nothing yet",
       {},
       {},
       uuid,
       base::nqn_of_uuid(uuid),
       uuid,
       "the product UUID of this machine"},
      {"in capitals",
       {},
       {},
       "4C4C4544-0051-4A10-8052-B9C04F4A4E32",
       base::nqn_of_uuid(uuid),
       uuid,
       "the product UUID of this machine"},
      {"a host NQN with a UUID",
       base::nqn_of_uuid(other),
       {},
       uuid,
       base::nqn_of_uuid(other),
       other,
       host::hostnqn_path},
      {"a host NQN without one",
       "nqn.2014-08.com.example:web-07",
       {},
       uuid,
       "nqn.2014-08.com.example:web-07",
       uuid,
       "the product UUID of this machine"},
      {"a host ID", {}, other, uuid, base::nqn_of_uuid(other), other, host::hostid_path},
      {"both", base::nqn_of_uuid(other), uuid, uuid, base::nqn_of_uuid(other), uuid, ""},
      {"an empty host NQN", "", {}, uuid, "", "", "", host::hostnqn_path},
      {"a placeholder host NQN",
       base::nqn_of_uuid(zeros),
       {},
       uuid,
       base::nqn_of_uuid(zeros),
       "",
       "",
       host::hostnqn_path},
      {"a placeholder host ID", {}, zeros, uuid, "", zeros, "", host::hostid_path},
      {"a host ID that is not a UUID", {}, "web-07", uuid, "", "web-07", "", host::hostid_path},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    if (row.product)
      tree.write(host::product_uuid_path, line(*row.product));
    if (row.hostnqn)
      tree.write(host::hostnqn_path, *row.hostnqn);
    if (row.hostid)
      tree.write(host::hostid_path, *row.hostid);
    base::RealFileSystem files = tree.files();
    const auto created = host::create_identity(files);
    REQUIRE(created.has_value());
    CHECK(created->uuid_from == row.from);
    CHECK(created->hindered_by == row.hindered_by);
    const auto after = [](const std::optional<std::string>& before, const std::string& made) {
      return before || made.empty() ? before.value_or("") : line(made);
    };
    CHECK(tree.read(host::hostnqn_path) == after(row.hostnqn, row.made_nqn));
    CHECK(tree.read(host::hostid_path) == after(row.hostid, row.made_id));
    for (const std::string& path : created->paths)
      CHECK(files.status(path)->mode == 0644);
    CHECK(created->paths.empty() == row.from.empty());
    const auto names = files.list("/etc/nvme");
    CHECK(names.value_or(std::vector<std::string>()).size() ==
          (row.made_nqn.empty() && !row.hostnqn ? 0 : 1) + (row.made_id.empty() ? 0 : 1));
  }
}

TEST_CASE("a product UUID that is missing, text or shared leads to a random one") {
  struct {
    std::optional<std::string> product;
    std::string from;
  } const rows[] = {
      {std::nullopt, "random numbers: this machine has no product UUID"},
      {"", "random numbers: this machine has no product UUID"},
      {"Not Settable", "random numbers: this machine has no product UUID"},
      {"ffffffff-ffff-ffff-ffff-ffffffffffff",
       "random numbers: the product UUID ffffffff-ffff-ffff-ffff-ffffffffffff repeats one byte"},
      {"03000200-0400-0500-0006-000700080009",
       "random numbers: the product UUID 03000200-0400-0500-0006-000700080009 is that of many "
       "machines"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.from);
    test::TemporaryTree tree;
    if (row.product)
      tree.write(host::product_uuid_path, *row.product);
    base::RealFileSystem files = tree.files();
    const auto created = host::create_identity(files);
    REQUIRE(created.has_value());
    CHECK(created->uuid_from == row.from);
    const decide::HostIdentity identity = host::read_host_identity(files);
    CHECK(base::is_uuid(identity.hostid));
    CHECK(identity.hostid != row.product);
    CHECK(identity.hostnqn == base::nqn_of_uuid(identity.hostid));
  }
}

TEST_CASE("a broken link in the place of a file stays") {
  test::TemporaryTree tree;
  tree.write(host::product_uuid_path, uuid);
  tree.link(host::hostnqn_path, "/nowhere");
  base::RealFileSystem files = tree.files();
  const auto created = host::create_identity(files);
  REQUIRE(created.has_value());
  CHECK(created->paths.empty());
  CHECK(files.link_text(host::hostnqn_path) == "/nowhere");
  CHECK_FALSE(files.exists(host::hostid_path));
}

TEST_CASE("what cannot be written or read is said") {
  test::TemporaryTree tree;
  tree.write("/etc/nvme", "a file");
  base::RealFileSystem files = tree.files();
  const auto created = host::create_identity(files);
  REQUIRE_FALSE(created.has_value());
  CHECK(created.error().message == "/etc/nvme/hostnqn: Not a directory");
}
