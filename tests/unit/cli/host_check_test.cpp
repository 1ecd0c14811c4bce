#include "cli/host_check.hpp"

#include "host/identity.hpp"
#include "temporary_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <doctest/doctest.h>

using namespace nvmf;

namespace {

const std::string policy_text = R"(version: 1
targets:
  - { name: dc-a, transport: tcp, traddr: 10.20.1.10 }
rules:
  - name: discovery
    match: { transport: tcp }
    action: discover
    connect: { dhchap-secret: { file: /etc/nvmf/secret } }
)";

struct World {
  test::TemporaryTree tree;
  decide::Facts facts;
  std::function<host::NameAnswers(const std::vector<std::string>&)> resolve;

  World() {
    tree.write("/etc/nvmf/autoconnect.yaml", policy_text);
    tree.set_mode("/etc/nvmf/autoconnect.yaml", 0644);
  }

  std::vector<diag::Finding> findings() const {
    const auto files = tree.files();
    const load::Loaded loaded = load::load_policy(files);
    diag::Sink sink;
    cli::check_host({.files = files,
                     .facts = facts,
                     .owner = load::TrustedOwner::root_or_me,
                     .resolve = resolve},
                    loaded, sink);
    return sink.findings();
  }
  // Codes that are found, in order.
  std::vector<unsigned> codes() const {
    std::vector<unsigned> found;
    for (const diag::Finding& one : findings())
      found.push_back(one.code);
    std::sort(found.begin(), found.end());
    return found;
  }
  // The place of the only finding.
  std::string place() const {
    const auto found = findings();
    return found.size() == 1 && !found[0].spans.empty() ? found[0].spans[0].span.place() : "";
  }
};

} // namespace

TEST_CASE("check_host: nothing to say") {
  World world;
  CHECK(world.codes().empty());
}

TEST_CASE("check_host: a policy that others may write") {
  World world;
  world.tree.set_mode("/etc/nvmf/autoconnect.yaml", 0666);
  CHECK(world.codes() == std::vector<unsigned>{503});
}

TEST_CASE("check_host: a directory that others may write is used all the same") {
  World world;
  world.tree.set_mode("/etc/nvmf", 0777);
  const auto files = world.tree.files();
  diag::Sink sink;
  cli::check_host({.files = files, .facts = world.facts, .owner = load::TrustedOwner::root_or_me},
                  load::load_policy(files), sink);
  REQUIRE(sink.findings().size() == 1);
  CHECK(sink.findings().front().code == 504);
  CHECK(sink.findings().front().notes.empty());
}

TEST_CASE("check_host: what is wrong with the files of a broken policy") {
  World world;
  world.tree.write("/etc/nvmf/autoconnect.yaml", "version: 1\nruls: []\n");
  world.tree.set_mode("/etc/nvmf/autoconnect.yaml", 0666);
  world.tree.link("/run/systemd/units/invocation:stafd.service",
                  "0123456789abcdef0123456789abcdef");
  CHECK(world.codes() == std::vector<unsigned>{503, 706});
}

TEST_CASE("check_host: secrets that cannot be used") {
  World world;
  world.facts.unavailable_secrets["file:/etc/nvmf/secret"] =
      "/etc/nvmf/secret: No such file or directory";
  CHECK(world.codes() == std::vector<unsigned>{308});
  world.facts.unavailable_secrets["file:/etc/nvmf/secret"] =
      "/etc/nvmf/secret: others may read it (mode 0644)";
  CHECK(world.codes() == std::vector<unsigned>{502});
}

TEST_CASE("check_host: secrets, where systemd and the policy keep them") {
  const std::string key = "DHHC-1:00:ia6zGodOr4SEG0Zzaw398rpY0wqipUWj4jWjUh4HWUz6aQ2n:";
  const std::string drop_in = "/etc/systemd/system/nvmf-policy-connect.service.d/credentials.conf";
  const std::string former = "/etc/systemd/system/nvmf-policy-connect@.service.d/credentials.conf";
  struct Row {
    const char* name;
    const char* reference; // of dhchap-secret
    std::string path;      // a file with `text` and `mode`; empty: none
    std::string text;
    mode_t mode;
    std::vector<std::string> found; // code and message
  };
  const std::string none = "308 the secret cannot be used: no credential `prod`";
  const Row rows[] = {
      {"a key", "file: /etc/nvmf/secret", "/etc/nvmf/secret", key + "\n", 0600, {}},
      {"another text in the file",
       "file: /etc/nvmf/secret",
       "/etc/nvmf/secret",
       "hunter2\n",
       0600,
       {"308 the secret cannot be used: file `/etc/nvmf/secret` does not hold a DH-HMAC-CHAP key "
        "(DHHC-1:…:)"}},
      {"an empty file",
       "file: /etc/nvmf/secret",
       "/etc/nvmf/secret",
       "\n",
       0600,
       {"308 the secret cannot be used: /etc/nvmf/secret is empty"}},
      {"no credential", "credential: prod", "", "", 0, {none}},
      {"a credential", "credential: prod", "/etc/credstore/prod", key, 0600, {}},
      {"a credential of the system", "credential: prod", "/usr/lib/credstore/prod", key, 0400, {}},
      {"another text in the credential",
       "credential: prod",
       "/run/credstore/prod",
       "hunter2",
       0600,
       {"308 the secret cannot be used: credential `prod` does not hold a DH-HMAC-CHAP key "
        "(DHHC-1:…:)"}},
      {"a credential that others may read",
       "credential: prod",
       "/etc/credstore/prod",
       key,
       0640,
       {"502 others may read the secret in /etc/credstore/prod (mode 0640)"}},
      {"a unit's credential",
       "credential: prod",
       drop_in,
       "[Service]\nLoadCredentialEncrypted=prod:/etc/nvmf/prod.cred\n",
       0644,
       {}},
      {"a credential for the unit of an earlier version",
       "credential: prod",
       former,
       "[Service]\nLoadCredentialEncrypted=prod:/etc/nvmf/prod.cred\n",
       0644,
       {"308 the secret cannot be used: " + former +
        " gives the credential `prod` to a unit of an earlier version"}},
      {"of a folder",
       "credential: prod",
       drop_in,
       "[Service]\nLoadCredential=pr:/etc/keys\n",
       0644,
       {none}},
      {"of a folder of that name",
       "credential: prod_a",
       drop_in,
       "[Service]\nLoadCredential=prod:/etc/keys\n",
       0644,
       {}},
      {"imported", "credential: prod", drop_in, "[Service]\nImportCredential=pr*\n", 0644, {}},
      {"of another section",
       "credential: prod",
       drop_in,
       "[Unit]\nLoadCredential=prod:/x\n",
       0644,
       {none}},
      {"commented out",
       "credential: prod",
       drop_in,
       "[Service]\n#LoadCredential=prod:/x\n",
       0644,
       {none}},
      {"not a drop-in",
       "credential: prod",
       drop_in + ".orig",
       "[Service]\nLoadCredential=prod:/x\n",
       0644,
       {none}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    std::string text = policy_text;
    const std::string old = "file: /etc/nvmf/secret";
    text.replace(text.find(old), old.size(), row.reference);
    world.tree.write("/etc/nvmf/autoconnect.yaml", text);
    if (!row.path.empty()) {
      world.tree.write(row.path, row.text);
      world.tree.set_mode(row.path, row.mode);
    }
    std::vector<std::string> found;
    for (const diag::Finding& one : world.findings()) {
      found.push_back(std::to_string(one.code) + " " + one.message);
      CHECK(one.spans.at(0).span.place() == "/etc/nvmf/autoconnect.yaml:8");
      CHECK(one.help.find("hunter2") == std::string::npos);
    }
    CHECK(found == row.found);
  }
}

TEST_CASE("check_host: guards that deny everything to this host") {
  struct Row {
    const char* name;
    const char* match;
    bool denies;
  };
  const Row rows[] = {
      {"its name", "{ hostname: \"web-*\" }", true},
      {"another name", "{ hostname: \"db-*\" }", false},
      {"all but others", "{ not: { hostname: \"db-*\" } }", true},
      {"all but it", "{ not: { hostname: web-07 } }", false},
      {"its NQN", "{ host-nqn: \"nqn.2024-01.com.example:web\" }", true},
      {"its NQN and another name", "{ host-nqn: \"nqn.2024-01.com.example:web\", hostname: db-1 }",
       false},
      {"its name and an address", "{ hostname: web-07, traddr: 10.0.0.0/8 }", false},
      {"its name, but for an address", "{ hostname: web-07, not: { traddr: 10.0.0.1 } }", false},
      {"anything", "{ transport: rdma }", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    world.tree.write("/etc/nvmf/autoconnect.yaml",
                     std::string("version: 1\ndeny:\n  - { name: g, reason: \"x\", match: ") +
                         row.match + " }\n");
    world.facts.hostname = "web-07";
    world.facts.identity = {"nqn.2024-01.com.example:web", "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33"};
    CHECK(world.codes() == (row.denies ? std::vector<unsigned>{510} : std::vector<unsigned>{}));
    world.facts.hostname.reset();
    world.facts.identity = {"", ""};
    const std::vector<unsigned> unknown = world.codes();
    CHECK(std::find(unknown.begin(), unknown.end(), 510) == unknown.end());
  }
}

TEST_CASE("check_host: a target that exclusions.conf names") {
  World world;
  world.facts.exclusions = {{.text = "traddr=10.20.1.10", .keys = {{"traddr", "10.20.1.10"}}}};
  CHECK(world.codes() == std::vector<unsigned>{707});
  world.facts.exclusions = {{.text = "traddr=10.20.1.11", .keys = {{"traddr", "10.20.1.11"}}}};
  CHECK(world.codes().empty());
}

TEST_CASE("check_host: as whom the host connects") {
  const std::string uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
  const std::string zeros = "00000000-0000-0000-0000-000000000000";
  const std::string fs = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
  const std::string prefix = "nqn.2014-08.org.nvmexpress:uuid:";
  struct Row {
    const char* name;
    decide::HostIdentity identity;
    std::vector<unsigned> codes;
  };
  const Row rows[] = {
      {"both agree", {prefix + uuid, uuid}, {}},
      {"both agree but for case", {prefix + uuid, "6FA2C0E4-2B5D-4F7C-8F5E-0D6A1E5B9C33"}, {}},
      {"a name without a UUID", {"nqn.2024-01.com.example:host", uuid}, {}},
      {"no hostid, and a UUID in the name", {prefix + uuid, ""}, {}},
      {"neither", {"", ""}, {308}},
      {"no name", {"", uuid}, {308}},
      {"zeros", {prefix + uuid, zeros}, {509}},
      {"Fs", {prefix + fs, uuid}, {509}},
      {"the hostid of many machines",
       {"nqn.2024-01.com.example:host", "03000200-0400-0500-0006-000700080009"},
       {509}},
      {"two UUIDs", {prefix + uuid, "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c34"}, {509}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    world.facts.identity = row.identity;
    CHECK(world.codes() == row.codes);
  }
}

TEST_CASE("check_host: values from outside the policy are reported in their own files") {
  World world;
  const std::string uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
  const std::string other = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c34";
  world.tree.write("/etc/nvme/hostid", other + "\n");
  SUBCASE("a hostid") {
    world.facts.identity = {"nqn.2014-08.org.nvmexpress:uuid:" + uuid, other};
    CHECK(world.place() == "/etc/nvme/hostid:1");
  }
  SUBCASE("a host NQN that is not there") {
    world.facts.identity = {"", other};
    CHECK(world.place() == "/etc/nvme/hostnqn");
  }
  SUBCASE("a directory") {
    world.tree.set_mode("/etc/nvmf", 0777);
    CHECK(world.place() == "/etc/nvmf");
  }
}

TEST_CASE("check_host: what the files of identities hold") {
  const std::string uuid = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c33";
  const std::string other = "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c34";
  const std::string zeros = "00000000-0000-0000-0000-000000000000";
  const std::string prefix = "nqn.2014-08.org.nvmexpress:uuid:";
  const std::string own_nqn = prefix + uuid + "\n";
  const std::string nqn = "nqn.2024-01.com.example:tenant\n";
  struct Row {
    const char* name;
    std::string hostnqn, hostid;                 // in /etc/nvme
    std::string tenants_hostnqn, tenants_hostid; // in the files of `tenant`
    std::vector<std::string> found;              // place, code, message
  };
  const std::string nqn_at = "/etc/nvmf/autoconnect.yaml:3 ";
  const std::string id_at = "/etc/nvmf/autoconnect.yaml:4 ";
  const Row rows[] = {
      {"one line each", own_nqn, uuid + "\n", nqn, other, {}},
      {"other blanks", "  " + own_nqn, uuid + " \n\n", nqn + "\n", other + "\r\n\r\n", {}},
      {"two lines",
       own_nqn + nqn,
       uuid,
       nqn,
       other + "\n" + uuid + "\n",
       {"/etc/nvme/hostnqn:1 509 `/etc/nvme/hostnqn` has more than one line; only the first is "
        "read",
        id_at + "509 `/etc/tenant.id` has more than one line; only the first is read"}},
      {"CR LF",
       prefix + uuid + "\r\n",
       uuid,
       nqn,
       other,
       {"/etc/nvme/hostnqn:1 509 `/etc/nvme/hostnqn` ends its line with CR LF; other programs may "
        "take the CR for a part of the value"}},
      {"not NQNs",
       uuid + "\n",
       uuid,
       "tenant b\n",
       other,
       {"/etc/nvme/hostnqn:1 509 identity `default` has host NQN `" + uuid +
            "`, which does not begin with `nqn.`; `" + prefix + uuid + "` does",
        nqn_at + "509 identity `tenant` cannot be used: host NQN contains a comma, blank, control "
                 "or non-ASCII character"}},
      {"not UUIDs, and no shared host ID",
       own_nqn,
       "hello\n",
       nqn,
       "hello\n",
       {"/etc/nvme/hostid:1 509 identity `default` cannot be used: hostid is not a valid UUID",
        id_at + "509 identity `tenant` cannot be used: hostid is not a valid UUID"}},
      {"zeros",
       own_nqn,
       uuid,
       nqn,
       zeros + "\n",
       {id_at + "509 identity `tenant` cannot be used: hostid is the placeholder UUID " + zeros}},
      {"two UUIDs",
       own_nqn,
       uuid,
       prefix + other,
       "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c35\n",
       {id_at + "509 identity `tenant` has UUID " + other +
        " in its host NQN and hostid "
        "6fa2c0e4-2b5d-4f7c-8f5e-0d6a1e5b9c35"}},
      {"the same host ID",
       own_nqn,
       uuid,
       nqn,
       uuid,
       {nqn_at + "310 identities `default` and `tenant` share their host ID"}},
      {"empty",
       own_nqn,
       uuid,
       "\n\n",
       "\n" + other + "\n",
       {nqn_at + "308 `/etc/tenant.nqn` is empty",
        id_at + "308 `/etc/tenant.id` has an empty first line; the value belongs there"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    world.tree.write("/etc/nvmf/autoconnect.yaml",
                     "version: 1\nidentities:\n"
                     "  tenant: { hostnqn: { file: /etc/tenant.nqn },\n"
                     "    hostid: { file: /etc/tenant.id } }\n");
    world.tree.write("/etc/nvme/hostnqn", row.hostnqn);
    world.tree.write("/etc/nvme/hostid", row.hostid);
    world.tree.write("/etc/tenant.nqn", row.tenants_hostnqn);
    world.tree.write("/etc/tenant.id", row.tenants_hostid);
    const auto files = world.tree.files();
    world.facts.identity = host::read_host_identity(files);
    world.facts.files = host::read_identity_files(files, *load::load_policy(files).policy);
    std::vector<std::string> found;
    for (const diag::Finding& one : world.findings())
      found.push_back(one.spans.at(0).span.place() + " " + std::to_string(one.code) + " " +
                      one.message);
    CHECK(found == row.found);
  }
}

TEST_CASE("check_host: host names of targets") {
  World world;
  world.tree.write(
      "/etc/nvmf/autoconnect.yaml",
      "version: 1\ntargets:\n"
      "  - { name: known, transport: tcp, traddr: known.example }\n"
      "  - { name: gone, transport: tcp, traddr: [gone.example, 10.0.0.9] }\n"
      "  - { name: six, transport: tcp, traddr: known.example, host-traddr: \"fd00::7\" }\n"
      "  - { name: mute, transport: tcp, traddr: mute.example }\n");
  CHECK(world.codes().empty()); // nobody asks
  world.resolve = [](const std::vector<std::string>& names) {
    CHECK(names == std::vector<std::string>{"gone.example", "known.example", "mute.example"});
    host::NameAnswers answers;
    answers.emplace("known.example", std::vector{*base::IpAddress::parse("10.0.0.1")});
    answers.emplace("gone.example", std::vector<base::IpAddress>());
    answers.emplace("mute.example", base::failure("no answer within 3s", ETIMEDOUT));
    return answers;
  };
  std::vector<std::string> found;
  for (const diag::Finding& one : world.findings())
    found.push_back(one.spans.at(0).span.place() + " " + std::to_string(one.code) + " " +
                    (one.severity == diag::Severity::info ? "info " : "warning ") + one.message);
  CHECK(
      found ==
      std::vector<std::string>{
          "/etc/nvmf/autoconnect.yaml:4 318 warning host name `gone.example` of target `gone` has "
          "no address",
          "/etc/nvmf/autoconnect.yaml:5 318 warning host name `known.example` of target `six` has "
          "only addresses of another family than its host-traddr fd00::7",
          "/etc/nvmf/autoconnect.yaml:6 318 info whether host name `mute.example` of target "
          "`mute` has an address is unknown: no answer within 3s"});
}

TEST_CASE("check_host: others that connect, too") {
  World world;
  SUBCASE("a service") {
    world.tree.link("/run/systemd/units/invocation:stafd.service",
                    "0123456789abcdef0123456789abcdef");
    CHECK(world.codes() == std::vector<unsigned>{706});
  }
  SUBCASE("a rule") {
    world.tree.write("/etc/udev/rules.d/70-nvmf-autoconnect.rules",
                     "# an array's\nSUBSYSTEM==\"nvme\", RUN+=\"/usr/sbin/nvme connect-all\"\n");
    CHECK(world.codes() == std::vector<unsigned>{710});
    CHECK(world.place() == "/etc/udev/rules.d/70-nvmf-autoconnect.rules:2");
  }
}

TEST_CASE("check_host: exclusions that exclude nothing, and a list that cannot be read") {
  World world;
  const std::string list = "/etc/nvme/exclusions.conf";
  SUBCASE("a line of each kind, in place and out of it") {
    world.tree.write(list, "exclusion = nqn=nqn.x\n"
                           "[exclusions]\n"
                           "exclusion = nqn=nqn.x;traddr=10.0.0.1\n"
                           "nqn.y\n"
                           "exclude = nqn=nqn.x\n"
                           "exclusion = subsysnqn=nqn.x\n"
                           "exclusion = nqn=\n"
                           "exclusion =\n"
                           "exclusion = nqn=nqn.x;nqn=nqn.y\n"
                           "[Controllers]\n"
                           "exclusion = nqn=nqn.x\n");
    std::vector<std::string> found;
    for (const diag::Finding& finding : world.findings()) {
      CHECK(finding.code == 711);
      CHECK(finding.severity == diag::Severity::warning);
      found.push_back(std::to_string(finding.spans.front().span.start.line) + " " +
                      finding.message.substr(std::string("an exclusion without effect: ").size()));
    }
    CHECK(found == std::vector<std::string>{
                       "1 it comes before the header `[exclusions]`",
                       "4 `nqn.y` is not `exclusion`",
                       "5 `exclude` is not `exclusion`",
                       "6 the key `subsysnqn` is unknown",
                       "7 `nqn` has no value",
                       "8 it names nothing to exclude",
                       "9 a duplicate key has another value",
                       "11 the section `[Controllers]` is unknown; exclusions belong in "
                       "`[exclusions]`",
                   });
  }
  SUBCASE("a directory in its place") {
    world.tree.make_directory(list);
    CHECK(world.codes() == std::vector<unsigned>{711});
    CHECK(world.place() == list);
    CHECK(world.findings().front().severity == diag::Severity::error);
  }
  SUBCASE("a drop-in that leads nowhere") {
    world.tree.link(list + ".d/a.conf", "nowhere");
    CHECK(world.place() == list + ".d/a.conf");
    CHECK(world.findings().front().severity == diag::Severity::error);
  }
  SUBCASE("a list that is switched off") {
    world.tree.link(list, "/dev/null");
    CHECK(world.codes().empty());
  }
}

TEST_CASE("check_host: a mount over a fabric that systemd takes for a local one") {
  struct Row {
    const char* name;
    const char* fstab;
    const char* mounts;
    const char* transport;
    std::vector<unsigned> expected;
  };
  const char* const mounted = "/dev/nvme1n1 /srv/my\\040data ext4 rw 0 0\n";
  const char* const stacked = "/dev/mapper/vg-data /srv/my\\040data xfs rw 0 0\n";
  for (const Row& row : {
           Row{"no _netdev", "LABEL=x /srv/my\\040data ext4 defaults 0 2\n", mounted, "tcp", {709}},
           Row{"through device mapper",
               "/dev/vg/data /srv/my\\040data xfs nofail 0 2\n",
               stacked,
               "fc",
               {709}},
           Row{"with it", "LABEL=x /srv/my\\040data ext4 nofail,_netdev 0 2\n", mounted, "tcp", {}},
           Row{"a local disk", "LABEL=x /srv/my\\040data ext4 defaults 0 2\n", mounted, "pcie", {}},
           Row{"not mounted", "LABEL=x /srv/other ext4 defaults 0 2\n", mounted, "tcp", {}},
           Row{"the root",
               "LABEL=x / ext4 defaults 0 1\n",
               "/dev/nvme1n1 / ext4 rw 0 0\n",
               "tcp",
               {}},
           Row{"no table", "", "", "tcp", {}},
       }) {
    CAPTURE(row.name);
    World world;
    world.tree.write("/etc/fstab", std::string("# a comment\n\n") + row.fstab);
    world.tree.write("/proc/self/mounts", row.mounts);
    world.tree.link("/dev/mapper/vg-data", "../dm-0");
    world.tree.link("/sys/class/block/nvme1n1",
                    "../../devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1");
    world.tree.write("/sys/devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1/size", "8");
    world.tree.make_directory("/sys/class/nvme-subsystem/nvme-subsys1/nvme1");
    world.tree.write("/sys/class/nvme/nvme1/transport", std::string(row.transport) + "\n");
    world.tree.link("/sys/class/block/dm-0", "../../devices/virtual/block/dm-0");
    world.tree.make_directory("/sys/devices/virtual/block/dm-0/slaves/nvme1n1");
    CHECK(world.codes() == row.expected);
    if (!row.expected.empty())
      CHECK(world.place() == "/etc/fstab:3");
  }
}

TEST_CASE("check_host: the firmware's table") {
  constexpr const char* nqn = "nqn.2014-08.com.example:web-07";
  constexpr const char* id = "4f6d7c1e-3f0b-4f0e-9c39-0c2a7b5d9e01";
  constexpr const char* other_nqn = "nqn.2014-08.com.example:bios";
  constexpr const char* other_id = "4f6d7c1e-3f0b-4f0e-9c39-0c2a7b5d9e02";
  firmware::MacAddress const mac{0x02, 0, 0, 0, 0, 1};
  std::string const path = "/sys/firmware/acpi/tables/NBFT";
  using Interfaces = std::optional<std::vector<decide::Interface>>;
  Interfaces const card = {{{.name = "eth0", .mac = mac}}};
  struct Row {
    const char* name;
    firmware::Host host;
    std::uint16_t vlan;
    Interfaces interfaces;
    std::vector<std::string> problems;
    const char* found; // `code message | note`
  };
  Row const rows[] = {
      {"as this host is", {.nqn = nqn, .id = id}, 0, card, {}, ""},
      {"the host ID in other letters",
       {.nqn = nqn, .id = "4F6D7C1E-3F0B-4F0E-9C39-0C2A7B5D9E01"},
       0,
       card,
       {},
       ""},
      {"without an identity", {}, 0, card, {}, ""},
      {"interfaces are not known", {.nqn = nqn, .id = id}, 0, {}, {}, ""},
      {"no such interface",
       {.nqn = nqn, .id = id},
       0,
       {{{.name = "eth0", .mac = firmware::MacAddress{0x02, 0, 0, 0, 0, 2}}}},
       {},
       "714 no interface has the MAC address 02:00:00:00:00:01 of the table's interface 1 | its "
       "paths wait until an interface has 10.20.1.77\n"},
      {"no such VLAN",
       {.nqn = nqn, .id = id},
       7,
       card,
       {},
       "714 no interface has the MAC address 02:00:00:00:00:01 and VLAN 7 of the table's interface "
       "1 | its paths wait until an interface has 10.20.1.77\n"},
      {"another identity",
       {.nqn = other_nqn, .id = other_id},
       0,
       card,
       {},
       "715 the firmware booted this host as `nqn.2014-08.com.example:bios`, and its own host NQN "
       "is "
       "`nqn.2014-08.com.example:web-07` | an array knows this host by both\n"},
      {"another host NQN alone",
       {.nqn = other_nqn, .id = id},
       0,
       card,
       {},
       "715 the firmware's table and this host share their host ID, but not their host NQN | while "
       "a "
       "path of the table is connected, others end with `identity-conflict`\n"},
      {"another host ID alone",
       {.nqn = nqn, .id = other_id},
       0,
       card,
       {},
       "715 the firmware's table and this host share their host NQN, but not their host ID | while "
       "a "
       "path of the table is connected, others end with `identity-conflict`\n"},
      {"an unreadable table beside it",
       {.nqn = nqn, .id = id},
       0,
       card,
       {path + "2: byte 9: the checksum is wrong"},
       "713 the firmware's table cannot be used: /sys/firmware/acpi/tables/NBFT2: byte 9: the "
       "checksum is wrong | no connection is made for it\n"},
  };
  auto const shown = [](const World& world) {
    std::string text;
    for (const diag::Finding& one : world.findings())
      text += std::to_string(one.code) + " " + one.message + " | " +
              (one.notes.empty() ? "" : one.notes[0]) + "\n";
    return text;
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    world.facts.identity = decide::HostIdentity{.hostnqn = nqn, .hostid = id};
    world.facts.interfaces = row.interfaces;
    world.facts.nbft_problems = row.problems;
    // The second interface is nobody's.
    world.facts.nbft = {
        {.path = path,
         .host = row.host,
         .hfis = {{.index = 1,
                   .mac = mac,
                   .vlan = row.vlan,
                   .address = base::IpAddress::parse("10.20.1.77").value()},
                  {.index = 2, .mac = {2, 0, 0, 0, 0, 9}}},
         .subsystems = {{.index = 1, .hfis = {1}, .nqn = "nqn.2014-08.com.example:root"}}}};
    CHECK(shown(world) == row.found);
    auto const found = world.findings();
    if (!found.empty())
      CHECK(found[0].spans.at(0).span.place() == (row.problems.empty() ? path : path + "2"));
    if (!found.empty() && found[0].code == 715)
      CHECK((found[0].severity == diag::Severity::warning) ==
            (found[0].message.find("share") != std::string::npos));
    world.tree.write("/etc/nvmf/autoconnect.yaml", policy_text + "firmware: { nbft: ignore }\n");
    CHECK(shown(world).empty());
  }
}

TEST_CASE("check_host: a rule ignores what the firmware names") {
  struct Row {
    const char* match;
    const char* found; // `code severity`
  };
  constexpr const char* message =
      "`nqn.2014-08.com.example:root` at `10.20.1.21:4420` of the firmware's table is never "
      "connected: `not-here` ignores it";
  for (const Row& row :
       {Row{"traddr: 10.20.0.0/16", "410 warning"},
        Row{"traddr: 10.20.0.0/16, source: nbft", "410 info"}, Row{"traddr: 10.21.0.0/16", ""}}) {
    CAPTURE(row.match);
    World world;
    world.facts.nbft = {{.subsystems = {{.index = 1,
                                         .traddr = base::IpAddress::parse("10.20.1.21").value(),
                                         .trsvcid = 4420,
                                         .nqn = "nqn.2014-08.com.example:root"}}}};
    world.tree.write("/etc/nvmf/autoconnect.yaml", "version: 1\nrules:\n"
                                                   "  - { name: not-here, match: { " +
                                                       std::string(row.match) +
                                                       " }, action: ignore }\n");
    world.tree.set_mode("/etc/nvmf/autoconnect.yaml", 0644);
    std::string found;
    for (const diag::Finding& one : world.findings())
      if (one.code == 410) {
        found = one.severity == diag::Severity::warning ? "410 warning" : "410 info";
        CHECK(one.message == message);
        CHECK(one.spans.at(0).span.place() == "/etc/nvmf/autoconnect.yaml:3");
      }
    CHECK(found == row.found);
  }
}

TEST_CASE("check_host: boot waits for what the firmware names") {
  struct Row {
    const char* name;
    const char* firmware; // of the policy
    const char* named;    // by the table
    std::vector<unsigned> found;
  };
  Row const rows[] = {
      {"it names one of both", "use", "nqn.2014-08.com.example:root", {411}},
      {"it names neither", "use", "nqn.2014-08.com.example:other", {411, 411}},
      {"it names one, and is ignored", "ignore", "nqn.2014-08.com.example:root", {411, 411}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    World world;
    world.tree.write("/etc/nvmf/autoconnect.yaml", policy_text +
                                                       "firmware: { nbft: " + row.firmware +
                                                       " }\n"
                                                       "boot:\n"
                                                       "  wait-for:\n"
                                                       "    - \"nqn.2014-08.com.example:root\"\n"
                                                       "    - \"nqn.2014-08.com.example:data\"\n");
    world.tree.set_mode("/etc/nvmf/autoconnect.yaml", 0644);
    world.facts.nbft = {{.subsystems = {{.index = 1, .nqn = row.named}}}};
    auto const files = world.tree.files();
    load::Loaded const loaded = load::load_policy(files);
    REQUIRE(loaded.policy);
    diag::Sink sink;
    for (const auto& waited : loaded.policy->boot.wait_for)
      sink.add(411, "boot waits for nothing", waited.span);
    cli::check_host({.files = files, .facts = world.facts, .owner = load::TrustedOwner::root_or_me},
                    loaded, sink);
    std::vector<unsigned> found;
    for (const diag::Finding& one : sink.findings())
      found.push_back(one.code);
    CHECK(found == row.found);
  }
}

TEST_CASE("check_host: identities that the files make one, or half of one") {
  constexpr const char* nqn = "nqn.2014-08.com.example:web-07";
  constexpr const char* id = "4f6d7c1e-3f0b-4f0e-9c39-0c2a7b5d9e01";
  struct {
    const char* name;
    const char* hostnqn; // of the host's own
    const char* hostid;
    std::vector<unsigned> found;
  } const rows[] = {
      {"another", "nqn.2014-08.com.example:own", "4f6d7c1e-3f0b-4f0e-9c39-0c2a7b5d9e02", {}},
      {"the same", nqn, id, {316}},
      {"the same, in other letters", nqn, "4F6D7C1E-3F0B-4F0E-9C39-0C2A7B5D9E01", {316}},
      {"one host ID", "nqn.2014-08.com.example:own", id, {310}},
      {"one host NQN", nqn, "4f6d7c1e-3f0b-4f0e-9c39-0c2a7b5d9e02", {312}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    World world;
    world.facts.identity = decide::HostIdentity{.hostnqn = row.hostnqn, .hostid = row.hostid};
    world.tree.write(
        "/etc/nvmf/autoconnect.yaml",
        "version: 1\n"
        "identities:\n"
        "  web: {hostnqn: \"" +
            std::string(nqn) + "\", hostid: " + id +
            "}\n"
            "rules:\n"
            "  - {name: r, match: {transport: tcp}, action: connect, identity: web}\n");
    world.tree.set_mode("/etc/nvmf/autoconnect.yaml", 0644);
    CHECK(world.codes() == row.found);
  }
}
