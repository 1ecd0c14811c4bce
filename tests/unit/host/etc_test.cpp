#include "host/controllers.hpp"
#include "host/exclusions.hpp"
#include "host/gather.hpp"
#include "host/identity.hpp"
#include "host/interfaces.hpp"
#include "host/registry.hpp"
#include "host/secrets.hpp"

#include "failing_files.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string>
#include <sys/utsname.h>
#include <utility>

using namespace nvmf;

TEST_CASE("identity files") {
  test::TemporaryTree tree;
  CHECK(host::read_host_identity(tree.files()).hostnqn.empty());
  tree.write("/etc/nvme/hostnqn", "  nqn.2014-08.com.example:host \r\nsecond line\n");
  tree.write("/etc/nvme/hostid", "");
  CHECK(host::read_host_identity(tree.files()).hostnqn == "nqn.2014-08.com.example:host");
  CHECK(host::read_host_identity(tree.files()).hostid.empty());

  policy::Policy policy;
  policy.identities["tenant"] = {.name = "tenant",
                                 .hostnqn = policy::TextOrFile{"/etc/t/nqn", true, {}},
                                 .hostid = policy::TextOrFile{"literal", false, {}}};
  tree.write("/etc/t/nqn", "nqn.2014-08.com.example:tenant\n");
  CHECK(host::read_identity_files(tree.files(), policy) ==
        std::map<std::string, std::string>{{"/etc/t/nqn", "nqn.2014-08.com.example:tenant"}});
}

TEST_CASE("exclusions") {
  struct Row {
    const char* name;
    const char* text;
    std::map<std::string, std::string> keys;
    bool usable;
  };
  const Row rows[] = {
      {"two keys",
       "transport=tcp;traddr=192.0.2.10",
       {{"transport", "tcp"}, {"traddr", "192.0.2.10"}},
       true},
      {"blanks and empty parts",
       " transport = tcp ; ; nqn = nqn.x:y ;",
       {{"transport", "tcp"}, {"nqn", "nqn.x:y"}},
       true},
      {"all keys",
       "transport=tcp;traddr=a;trsvcid=1;nqn=b;host-traddr=c;host-iface=d;hostnqn=e;hostid=f",
       {{"transport", "tcp"},
        {"traddr", "a"},
        {"trsvcid", "1"},
        {"nqn", "b"},
        {"host-traddr", "c"},
        {"host-iface", "d"},
        {"hostnqn", "e"},
        {"hostid", "f"}},
       true},
      {"the same key twice, equal", "nqn=a;nqn=a", {{"nqn", "a"}}, true},
      {"the same key twice, different", "nqn=a;nqn=b", {{"nqn", "a"}}, false},
      {"unknown key", "transport=tcp;colour=red", {{"transport", "tcp"}, {"colour", "red"}}, false},
      {"foreign spelling", "host_traddr=1.2.3.4", {{"host_traddr", "1.2.3.4"}}, false},
      {"no value", "transport=", {{"transport", ""}}, false},
      {"no assignment", "transport", {{"transport", ""}}, false},
      {"empty", "  ", {}, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto const exclusion = host::parse_exclusion(row.text);
    CHECK(exclusion.keys == row.keys);
    CHECK(exclusion.usable == row.usable);
  }
}

TEST_CASE("the files of exclusions") {
  test::TemporaryTree tree;
  CHECK(host::read_exclusions(tree.files()).all.empty());
  CHECK(host::read_exclusions(tree.files()).problem.empty());
  tree.write("/etc/nvme/exclusions.conf", "exclusion = nqn=before-any-section\n"
                                          "# comment\n[exclusions]\nexclusion = nqn=a\n"
                                          "; comment\nexclusions = nqn=b\n[other]\n"
                                          "exclusion = nqn=c\n");
  tree.write("/etc/nvme/exclusions.conf.d/20-b.conf", "[exclusions]\nexclusion=nqn=20\n");
  tree.write("/etc/nvme/exclusions.conf.d/10-a.conf", "[exclusions]\r\nexclusion=nqn=10\r\n");
  tree.write("/etc/nvme/exclusions.conf.d/30-c.txt", "[exclusions]\nexclusion=nqn=30\n");
  tree.write("/etc/nvme/exclusions.conf.d/.hidden.conf", "[exclusions]\nexclusion=nqn=40\n");
  std::vector<std::string> texts;
  for (const auto& exclusion : host::read_exclusions(tree.files()).all)
    texts.push_back(exclusion.text);
  CHECK(texts == std::vector<std::string>{"nqn=a", "nqn=10", "nqn=20"});
  CHECK(host::read_exclusions(tree.files()).problem.empty());
}

TEST_CASE("exclusions that cannot be read are a problem, not an empty list") {
  const std::string main = "/etc/nvme/exclusions.conf";
  const std::string drop_ins = "/etc/nvme/exclusions.conf.d";
  struct Row {
    const char* name;
    std::function<void(test::TemporaryTree&, test::FailingFiles&)> put;
    std::string problem;
  };
  const Row rows[] = {
      {"masked", [&](auto& tree, auto&) { tree.link(main, "/dev/null"); }, ""},
      {"empty", [&](auto& tree, auto&) { tree.write(main, ""); }, ""},
      {"a directory", [&](auto& tree, auto&) { tree.make_directory(main); },
       main + ": not a regular file"},
      {"a link that leads nowhere", [&](auto& tree, auto&) { tree.link(main, "/nowhere"); },
       main + ": No such file or directory"},
      {"too large", [&](auto& tree, auto&) { tree.write(main, std::string((1U << 20U) + 1, '#')); },
       main + ": longer than 1048576 bytes"},
      {"with a byte order mark",
       [&](auto& tree, auto&) { tree.write(main, "\xef\xbb\xbf[exclusions]\n"); },
       main + ": not plain text"},
      {"UTF-16", [&](auto& tree, auto&) { tree.write(main, std::string("[\0e\0", 4)); },
       main + ": not plain text"},
      {"unreadable",
       [&](auto& tree, auto& failing) {
         tree.write(main, "[exclusions]\n");
         failing.reads[main] = EACCES;
       },
       main + ": Permission denied"},
      {"no descriptors", [&](auto&, auto& failing) { failing.reads[main] = EMFILE; },
       main + ": Too many open files"},
      {"a directory of drop-ins that leads nowhere",
       [&](auto& tree, auto&) { tree.link(drop_ins, "/nowhere"); },
       drop_ins + ": No such file or directory"},
      {"a file in place of the directory", [&](auto& tree, auto&) { tree.write(drop_ins, ""); },
       drop_ins + ": Not a directory"},
      {"a drop-in that leads nowhere",
       [&](auto& tree, auto&) { tree.link(drop_ins + "/10-a.conf", "/nowhere"); },
       drop_ins + "/10-a.conf: No such file or directory"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    test::TemporaryTree tree;
    auto files = tree.files();
    test::FailingFiles failing(files);
    row.put(tree, failing);
    CHECK(host::read_exclusions(failing).problem == row.problem);
  }
}

TEST_CASE("the registry: our entry is ours until it is younger than the event") {
  test::TemporaryTree tree;
  auto files = tree.files();
  tree.write("/sys/kernel/uevent_seqnum", "1234\n");
  CHECK_FALSE(host::read_registry_entry(files, "nvme3"));
  REQUIRE(host::write_registry_entry(files, "nvme3"));
  CHECK(host::read_registry_entry(files, "nvme3") ==
        host::RegistryEntry{.owner = "nvmf-policy", .seqnum = 1234});
  CHECK(files.status("/run/nvme/registry")->mode == 0755);
  CHECK(files.status("/run/nvme/registry/nvme3")->mode == 0755);
  CHECK(files.status("/run/nvme/registry/nvme3/owner")->mode == 0644);
  CHECK(files.list("/run/nvme/registry").value() == std::vector<std::string>{"nvme3"});

  SUBCASE("an event from before it does not remove it") {
    CHECK_FALSE(host::remove_registry_entry(files, "nvme3", 1234).value());
    CHECK(host::read_registry_entry(files, "nvme3"));
  }
  SUBCASE("a later event does") {
    CHECK(host::remove_registry_entry(files, "nvme3", 1235).value());
    CHECK(files.list("/run/nvme/registry").value().empty());
    CHECK_FALSE(host::remove_registry_entry(files, "nvme3", 1235).value());
  }
  SUBCASE("an event that does not say when does") {
    CHECK(host::remove_registry_entry(files, "nvme3", 0).value());
  }
  SUBCASE("a new controller of that number replaces it") {
    tree.write("/run/nvme/registry/nvme3/owner", "stas\n");
    tree.write("/run/nvme/registry/nvme3/other", "x\n");
    tree.write("/sys/kernel/uevent_seqnum", "1300\n");
    REQUIRE(host::write_registry_entry(files, "nvme3"));
    CHECK(host::read_registry_entry(files, "nvme3") ==
          host::RegistryEntry{.owner = "nvmf-policy", .seqnum = 1300});
    CHECK_FALSE(files.exists("/run/nvme/registry/nvme3/other"));
  }
}

TEST_CASE("the registry: entries of others stay") {
  test::TemporaryTree tree;
  auto files = tree.files();
  tree.write("/run/nvme/registry/nvme3/owner", "stas\n");
  CHECK(host::read_registry_entry(files, "nvme3") == host::RegistryEntry{.owner = "stas"});
  CHECK_FALSE(host::remove_registry_entry(files, "nvme3", 99).value());
  CHECK_FALSE(host::write_registry_entry(files, "../nvme3").has_value());
}

TEST_CASE("the registry: our entries go at the stop and come back for the same controllers") {
  test::TemporaryTree tree;
  auto files = tree.files();
  for (const char* device : {"nvme1", "nvme2", "nvme3", "nvme4", "nvme5"})
    tree.make_directory(std::string("/sys/class/nvme/") + device);
  for (const char* device : {"nvme1", "nvme2", "nvme3", "nvme9"})
    REQUIRE(host::write_registry_entry(files, device));
  REQUIRE(host::write_registry_entry(files, "nvme4", host::firmware_owner));
  tree.write("/run/nvme/registry/nvme5/owner", "stas\n");
  const auto owner = [&](const char* device) {
    const auto entry = host::read_registry_entry(files, device);
    return entry ? entry->owner : std::string();
  };
  REQUIRE(host::release_registry(files));
  for (const char* device : {"nvme1", "nvme2", "nvme3", "nvme9"})
    CHECK_MESSAGE(owner(device).empty(), device);
  CHECK(owner("nvme4") == "nbft");
  CHECK(owner("nvme5") == "stas");
  CHECK(files.list("/run/nvmf/released").value().size() == 3);

  SUBCASE("all that are still there") {
    REQUIRE(host::claim_registry(files));
    for (const char* device : {"nvme1", "nvme2", "nvme3"})
      CHECK_MESSAGE(owner(device) == host::registry_owner, device);
    CHECK(owner("nvme9").empty());
  }
  SUBCASE("not one of another number, one that somebody took, and one that goes") {
    tree.write("/run/nvmf/released/nvme1", "1");
    tree.write("/run/nvme/registry/nvme2/owner", "stas\n");
    CHECK_FALSE(host::remove_registry_entry(files, "nvme3", 0).value());
    REQUIRE(host::claim_registry(files));
    CHECK(owner("nvme1").empty());
    CHECK(owner("nvme2") == "stas");
    CHECK(owner("nvme3").empty());
  }
  SUBCASE("and those that are connected meanwhile, by a write that was in the kernel") {
    tree.make_directory("/sys/class/nvme/nvme6");
    REQUIRE(host::write_registry_entry(files, "nvme6"));
    CHECK(owner("nvme6").empty());
    REQUIRE(host::release_registry(files));
    REQUIRE(host::claim_registry(files));
    CHECK(owner("nvme6") == host::registry_owner);
  }
  SUBCASE("after a start that was interrupted") {
    REQUIRE(files.rename("/run/nvmf/released", "/run/nvmf/released.claiming"));
    REQUIRE(host::claim_registry(files));
    CHECK(owner("nvme1") == host::registry_owner);
  }
  REQUIRE(host::claim_registry(files));
  CHECK_FALSE(files.exists("/run/nvmf/released"));
  CHECK_FALSE(files.exists("/run/nvmf/released.claiming"));
  REQUIRE(host::write_registry_entry(files, "nvme1"));
  CHECK(owner("nvme1") == host::registry_owner);
}

TEST_CASE("secrets that can and cannot be had") {
  using Kind = base::SecretRef::Kind;
  test::TemporaryTree tree;
  tree.write("/etc/keys/good", "DHHC-1:x");
  tree.set_mode("/etc/keys/good", 0600);
  tree.write("/etc/keys/open", "DHHC-1:x");
  tree.set_mode("/etc/keys/open", 0640);
  tree.make_directory("/etc/keys/directory");
  tree.write("/etc/credstore/stored", "x");
  tree.write("/run/credentials/unit/given", "x");
  struct Row {
    const char* name;
    std::optional<std::string> directory;
    base::SecretRef reference;
    std::optional<std::string> why;
  };
  const std::optional<std::string> unit = "/run/credentials/unit";
  const Row rows[] = {
      {"private file", unit, {Kind::file, "/etc/keys/good"}, std::nullopt},
      {"others may read",
       unit,
       {Kind::file, "/etc/keys/open"},
       "/etc/keys/open: others may read it (mode 0640)"},
      {"no file",
       unit,
       {Kind::file, "/etc/keys/none"},
       "/etc/keys/none: No such file or directory"},
      {"directory", unit, {Kind::file, "/etc/keys/directory"}, "/etc/keys/directory: not a file"},
      {"given by systemd", unit, {Kind::credential, "given"}, std::nullopt},
      {"in a store", unit, {Kind::credential, "stored"}, std::nullopt},
      {"nowhere", unit, {Kind::credential, "missing"}, "no credential `missing`"},
      {"nowhere, outside of a service", std::nullopt, {Kind::credential, "missing"}, std::nullopt},
      {"a name that leads out",
       unit,
       {Kind::credential, "../unit/given"},
       "no credential `../unit/given`"},
      {"hidden in a store", unit, {Kind::credential, ".hidden"}, "no credential `.hidden`"},
      {"keyring", unit, {Kind::keyring, "whatever"}, std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(host::why_unavailable(tree.files(), row.directory, row.reference) == row.why);
  }
}

TEST_CASE("all secrets of a policy are looked at") {
  test::TemporaryTree tree;
  auto const secret = [](const char* path) {
    return policy::OptionSettings{{base::OptionId::dhchap_secret,
                                   {.value = base::SecretRef{base::SecretRef::Kind::file, path}}}};
  };
  policy::Policy policy;
  policy.files.push_back({.connect_defaults = secret("/1"), .discover_defaults = secret("/2")});
  policy.rules.push_back({.connect = secret("/3")});
  policy.targets.push_back({.connect = secret("/4")});
  policy.profiles.push_back(
      std::make_shared<const policy::Profile>(policy::Profile{.connect = secret("/5")}));
  policy.identities["a"].secrets = secret("/6");
  std::vector<std::string> keys;
  for (auto const& [key, why] : host::unavailable_secrets(tree.files(), std::nullopt, policy))
    keys.push_back(key);
  CHECK(keys ==
        std::vector<std::string>{"file:/1", "file:/2", "file:/3", "file:/4", "file:/5", "file:/6"});
}

TEST_CASE("this host's interfaces have a loopback with its address") {
  auto const interfaces = host::read_interfaces();
  REQUIRE(interfaces);
  auto const loopback = std::find_if(interfaces->begin(), interfaces->end(),
                                     [](const auto& one) { return one.name == "lo"; });
  REQUIRE(loopback != interfaces->end());
  if (loopback->up) {
    REQUIRE_FALSE(loopback->addresses.empty());
    CHECK(loopback->addresses.front().address.to_string() == "127.0.0.1");
    CHECK(loopback->addresses.front().prefix_length == 8);
  }
}

TEST_CASE("a network watch that nothing happened to says so") {
  auto watch = host::NetworkWatch::open();
  REQUIRE(watch);
  CHECK(watch->fd() >= 0);
  while (watch->drain()) {
  }
  CHECK_FALSE(watch->drain());
}

TEST_CASE("facts: the firmware's tables, unless an initramfs was told to ignore them") {
  test::TemporaryTree tree;
  tree.write("/sys/firmware/acpi/tables/NBFT", "not a table");
  host::GatherRequest const request{.network = host::GatherRequest::Network::unknown};
  CHECK(host::gather(tree.files(), request).nbft_problems.size() == 1);
  tree.write("/run/nvmf/ignore-nbft", "");
  CHECK(host::gather(tree.files(), request).nbft_problems.empty());
}

TEST_CASE("facts of the running host and of a tree") {
  test::TemporaryTree tree;
  tree.write("/etc/hostname", "image\n");
  tree.write("/etc/nvme/hostnqn", "nqn.2014-08.com.example:host\n");
  policy::Policy const policy;
  auto const facts =
      host::gather(tree.files(), {.policy = &policy,
                                  .network = host::GatherRequest::Network::unknown,
                                  .kernel_options = decide::KernelOptions{"nqn", "transport"}});
  CHECK(facts.hostname == "image");
  CHECK_FALSE(facts.cpus);
  CHECK_FALSE(facts.interfaces);
  CHECK(facts.identity->hostnqn == "nqn.2014-08.com.example:host");
  CHECK(facts.controllers->empty());
  CHECK(facts.fc_ports->empty());
  CHECK(facts.exclusions->empty());
  CHECK(facts.kernel_options == decide::KernelOptions{"nqn", "transport"});

  for (const char* device : {"nvme1", "nvme2"})
    for (auto [attribute, text] : {std::pair("transport", "tcp"), std::pair("state", "live")})
      tree.write(fmt::format("/sys/class/nvme/{}/{}", device, attribute), text);
  auto const devices_of = [&](std::optional<std::string> only) {
    auto const found = host::gather(tree.files(), {.network = host::GatherRequest::Network::unknown,
                                                   .only_controller = std::move(only)});
    std::string devices;
    for (const decide::Controller& controller : *found.controllers)
      devices += controller.device + ' ';
    return devices;
  };
  CHECK(devices_of(std::nullopt) == "nvme1 nvme2 ");
  CHECK(devices_of("nvme2") == "nvme2 ");
  CHECK(devices_of("nvme3").empty());
  CHECK(devices_of("").empty());

  // Half of an address is another one.
  auto real = tree.files();
  test::FailingFiles failing(real);
  failing.reads["/sys/class/nvme/nvme2/address"] = EMFILE;
  host::GatherRequest const request{.network = host::GatherRequest::Network::unknown,
                                    .only_controller = "nvme2"};
  CHECK_FALSE(host::gather(failing, request).controllers);
  CHECK(host::look_at_controller(failing, "nvme2").error().code == EMFILE);
  CHECK_FALSE(host::read_controller(failing, "nvme2"));
  failing.reads["/sys/class/nvme/nvme2/address"] = ENOENT;
  CHECK(host::gather(failing, request).controllers->size() == 1);

  utsname name{};
  REQUIRE(::uname(&name) == 0);
  auto const running = host::gather(tree.files(), {.policy = &policy});
  CHECK(running.hostname == name.nodename);
  CHECK(running.cpus.value() > 0);
  CHECK(running.interfaces);
  CHECK_FALSE(running.kernel_options);
}
