#include "imported.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::tests;

TEST_CASE("import: the plan asks for what the old file asked for") {
  struct Row {
    std::string name;
    std::vector<TextFile> files;
    std::vector<std::string> strings;
  };
  const std::string as_sys = ",hostnqn=nqn.2014-08.com.example:sys,"
                             "hostid=11111111-2222-3333-4444-55555555555a";
  const std::string found = "nqn=nqn.2014-08.com.example:found,transport=tcp,traddr=192.0.2.99,";
  const Row rows[] = {
      {"discovery.conf: options of a line are those of what it leads to",
       {{"discovery.conf", "# comment\n\n-t tcp -a 192.0.2.1 -s 8009 -f eth0 -l 1800 -i 8 -k 7\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,host_iface=eth0,trsvcid=8009" + as_host +
            ",ctrl_loss_tmo=1800",
        found + "host_iface=eth0,trsvcid=4420" + as_host +
            ",nr_io_queues=8,keep_alive_tmo=7,ctrl_loss_tmo=1800"}},
      {"discovery.conf: long options, persistent, flags, endless loss timeout",
       {{"discovery.conf", "--transport=tcp --traddr=192.0.2.1 --persistent --hdr-digest "
                           "--ctrl-loss-tmo=-1\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host +
            ",keep_alive_tmo=30,ctrl_loss_tmo=-1,hdr_digest",
        found + "trsvcid=4420" + as_host + ",ctrl_loss_tmo=-1,hdr_digest"}},
      {"discovery.conf: rdma goes to its own port, fc has a host port",
       {{"discovery.conf", "-t rdma -a 192.0.2.1\n"
                           "-t fc -a nn-0x201700a09890f5bf:pn-0x201900a09890f5bf "
                           "-w nn-0x200000109b579ef6:pn-0x100000109b579ef6\n"}},
       {discovery + "transport=rdma,traddr=192.0.2.1,trsvcid=4420" + as_host,
        found + "trsvcid=4420" + as_host,
        discovery +
            "transport=fc,traddr=nn-0x201700a09890f5bf:pn-0x201900a09890f5bf,"
            "host_traddr=nn-0x200000109b579ef6:pn-0x100000109b579ef6" +
            as_host,
        found + "trsvcid=4420" + as_host}},
      {"config.json: each port its own options, the host its identity",
       {{"config.json",
         R"([{"hostnqn":"nqn.2014-08.com.example:other","hostid":"11111111-2222-3333-4444-555555555555",
              "subsystems":[{"nqn":"nqn.2014-08.com.example:a","ports":[
                {"transport":"tcp","traddr":"192.0.2.2","trsvcid":"4420","queue_size":64,"tos":-1},
                {"transport":"tcp","traddr":"192.0.2.3","trsvcid":"4420","ctrl_loss_tmo":0}]}]}])"}},
       {"nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420,"
        "hostnqn=nqn.2014-08.com.example:other,hostid=11111111-2222-3333-4444-555555555555,"
        "queue_size=64",
        "nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=192.0.2.3,trsvcid=4420,"
        "hostnqn=nqn.2014-08.com.example:other,hostid=11111111-2222-3333-4444-555555555555,"
        "ctrl_loss_tmo=0"}},
      {"config.json: tabs, and an object around the hosts",
       {{"config.json", "{\t\"hosts\":\t[{\"hostnqn\":\"" + host_nqn +
                            "\",\n\t\"subsystems\":[{\"nqn\":\"nqn.2014-08.com.example:a\",\t"
                            "\"ports\":[{\"transport\":\"tcp\",\t\"traddr\":\"192.0.2.2\"}]}]}]}"}},
       {"nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host}},
      {"nvme-fabrics.conf: line over section over host over defaults; empty undoes",
       {{"nvme-fabrics.conf",
         "[I/O Controller Defaults]\nctrl-loss-tmo = 100\nreconnect-delay = 3\nqueue-size = 32\n"
         "[Host]\nreconnect-delay = 4\n"
         "[Subsystem]\nnqn = nqn.2014-08.com.example:a\nqueue-size =\n"
         "controller = transport=tcp;traddr=192.0.2.2;trsvcid=4420;ctrl-loss-tmo=300\n"}},
       {"nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host +
        ",reconnect_delay=4,ctrl_loss_tmo=300"}},
      {"nvme-fabrics.conf: a drop-in has its own host and defaults, for itself alone",
       {{"nvme-fabrics.conf",
         "[I/O Controller Defaults]\nctrl-loss-tmo = 100\n"
         "[Subsystem]\nnqn = nqn.2014-08.com.example:a\n"
         "controller = transport=tcp;traddr=192.0.2.2;trsvcid=4420\n",
         {{"nvme-fabrics.conf.d/b.conf",
           "[Host]\nhostnqn = nqn.2014-08.com.example:other\n"
           "hostid = 11111111-2222-3333-4444-555555555555\n"
           "[I/O Controller Defaults]\nreconnect-delay = 20\n"
           "[Discovery Controller]\ncontroller = transport=tcp;traddr=192.0.2.5\n"}}}},
       {"nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host +
            ",ctrl_loss_tmo=100",
        discovery + "transport=tcp,traddr=192.0.2.5,trsvcid=8009,hostnqn=nqn.2014-08.com.example:"
                    "other,hostid=11111111-2222-3333-4444-555555555555,keep_alive_tmo=30",
        found + "trsvcid=4420,hostnqn=nqn.2014-08.com.example:other,hostid=11111111-2222-3333-"
                "4444-555555555555,reconnect_delay=20,ctrl_loss_tmo=100"}},
      {"stafd.conf and stacd.conf: each its own settings, and the kernel's keep-alive",
       {{"stafd.conf", "[Global]\nhdr-digest = true\n[Controllers]\n"
                       "controller = transport=tcp;traddr=192.0.2.1;host-iface=eth0\n"},
        {"stacd.conf", "[Global]\nctrl-loss-tmo = -1\n[Controllers]\n"
                       "controller=transport=tcp;traddr=[fd20::2];trsvcid=4421;"
                       "nqn=nqn.2014-08.com.example:a\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,host_iface=eth0,trsvcid=8009" + as_host +
            ",keep_alive_tmo=30,hdr_digest",
        found + "host_iface=eth0,trsvcid=4420" + as_host + ",ctrl_loss_tmo=-1",
        "nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=fd20::2,trsvcid=4421" + as_host +
            ",ctrl_loss_tmo=-1"}},
      {"stacd.conf: without the interface what is discovered takes any route",
       {{"stafd.conf",
         "[Controllers]\ncontroller=transport=tcp;traddr=192.0.2.1;host-iface=eth0\n"},
        {"stacd.conf", "[Global]\nignore-iface=true\nkato=9\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,host_iface=eth0,trsvcid=8009" + as_host +
            ",keep_alive_tmo=30",
        found + "trsvcid=4420" + as_host + ",keep_alive_tmo=9"}},
      {"names: what YAML would read as a number or a truth, and what is none",
       {{"config.json", R"([{"subsystems":[
         {"nqn":"nqn.x:1","ports":[{"transport":"tcp","traddr":"192.0.2.2"}]},
         {"nqn":"nqn.x:on","ports":[{"transport":"tcp","traddr":"192.0.2.3"}]},
         {"nqn":"nqn.x:12e5","ports":[{"transport":"tcp","traddr":"192.0.2.4"}]},
         {"nqn":"nqn.x:null","ports":[{"transport":"tcp","traddr":"192.0.2.5"}]}]}])"}},
       {"nqn=nqn.x:1,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host,
        "nqn=nqn.x:on,transport=tcp,traddr=192.0.2.3,trsvcid=4420" + as_host,
        "nqn=nqn.x:12e5,transport=tcp,traddr=192.0.2.4,trsvcid=4420" + as_host,
        "nqn=nqn.x:null,transport=tcp,traddr=192.0.2.5,trsvcid=4420" + as_host}},
      {"discovery.conf: half an identity is completed from /etc/nvme",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 -q nqn.2014-08.com.example:h\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009,hostnqn=nqn.2014-08.com.example:h"
                    ",hostid=befdec4c-2234-11b2-a85c-ca77c773af36",
        found + "trsvcid=4420,hostnqn=nqn.2014-08.com.example:h"
                ",hostid=befdec4c-2234-11b2-a85c-ca77c773af36"}},
      {"discovery.conf: the other half, and the same in capitals",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 -I aaaaaaaa-2222-3333-4444-555555555555\n"
                           "-t tcp -a 192.0.2.2 -I AAAAAAAA-2222-3333-4444-555555555555\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009,hostnqn=" + host_nqn +
            ",hostid=aaaaaaaa-2222-3333-4444-555555555555",
        found + "trsvcid=4420,hostnqn=" + host_nqn + ",hostid=aaaaaaaa-2222-3333-4444-555555555555",
        discovery + "transport=tcp,traddr=192.0.2.2,trsvcid=8009,hostnqn=" + host_nqn +
            ",hostid=aaaaaaaa-2222-3333-4444-555555555555",
        found + "trsvcid=4420,hostnqn=" + host_nqn +
            ",hostid=aaaaaaaa-2222-3333-4444-555555555555"}},
      {"discovery.conf: one host NQN with and without its host id is one identity",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 -q nqn.2014-08.com.example:h\n"
                           "-t tcp -a 192.0.2.2 -q nqn.2014-08.com.example:h -I "
                           "11111111-2222-3333-4444-555555555555\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009,hostnqn=nqn.2014-08.com.example:h"
                    ",hostid=11111111-2222-3333-4444-555555555555",
        found + "trsvcid=4420,hostnqn=nqn.2014-08.com.example:h"
                ",hostid=11111111-2222-3333-4444-555555555555",
        discovery + "transport=tcp,traddr=192.0.2.2,trsvcid=8009,hostnqn=nqn.2014-08.com.example:h"
                    ",hostid=11111111-2222-3333-4444-555555555555",
        found + "trsvcid=4420,hostnqn=nqn.2014-08.com.example:h"
                ",hostid=11111111-2222-3333-4444-555555555555"}},
      {"discovery.conf: a UUID in the host NQN is the host id beside the host's own",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 -q nqn.2014-08.org.nvmexpress:uuid:"
                           "11111111-2222-3333-4444-555555555555\n-t tcp -a 192.0.2.2\n"}},
       {discovery +
            "transport=tcp,traddr=192.0.2.1,trsvcid=8009,hostnqn=nqn.2014-08.org.nvmexpress:"
            "uuid:11111111-2222-3333-4444-555555555555"
            ",hostid=11111111-2222-3333-4444-555555555555",
        found + "trsvcid=4420,hostnqn=nqn.2014-08.org.nvmexpress:uuid:"
                "11111111-2222-3333-4444-555555555555,hostid=11111111-2222-3333-4444-555555555555",
        discovery + "transport=tcp,traddr=192.0.2.2,trsvcid=8009" + as_host,
        found + "trsvcid=4420" + as_host}},
      {"discovery.conf: letters in one word, and flags that take nothing",
       {{"discovery.conf",
         "-gG -pt tcp -a 192.0.2.1 -pD\n--nbft --matching -t tcp -a 192.0.2.2\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host +
            ",keep_alive_tmo=30,duplicate_connect,hdr_digest,data_digest",
        found + "trsvcid=4420" + as_host + ",duplicate_connect,hdr_digest,data_digest",
        discovery + "transport=tcp,traddr=192.0.2.2,trsvcid=8009" + as_host,
        found + "trsvcid=4420" + as_host}},
      {"discovery.conf: a discovery controller that stays has the keep-alive of its line",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 -p -k 45\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host + ",keep_alive_tmo=45",
        found + "trsvcid=4420" + as_host + ",keep_alive_tmo=45"}},
      {"config.json: so has one of it",
       {{"config.json", R"([{"persistent_discovery_ctrl":true,"subsystems":[{
         "nqn":"nqn.2014-08.org.nvmexpress.discovery","ports":[
         {"transport":"tcp","traddr":"192.0.2.1","keep_alive_tmo":45}]}]}])"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host + ",keep_alive_tmo=45",
        found + "trsvcid=4420" + as_host + ",keep_alive_tmo=45"}},
      {"config.json: the secret of a host that has no name of its own",
       {{"config.json", R"([{"dhchap_key":")" + dhchap + R"(","subsystems":[{"nqn":"nqn.x:a",
         "ports":[{"transport":"tcp","traddr":"192.0.2.2"}]}]}])"}},
       {"nqn=nqn.x:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host +
        ",dhchap_secret=<credential:nvmf-dhchap-secret>"}},
      {"config.json: one host twice, each with its own secret or none",
       {{"config.json", R"([{"dhchap_key":")" + dhchap + R"(","subsystems":[{"nqn":"nqn.x:a",
         "ports":[{"transport":"tcp","traddr":"192.0.2.2"}]}]},
         {"dhchap_key":"DHHC-1:00:other:","subsystems":[{"nqn":"nqn.x:b",
         "ports":[{"transport":"tcp","traddr":"192.0.2.3"}]}]},
         {"subsystems":[{"nqn":"nqn.x:c","ports":[{"transport":"tcp","traddr":"192.0.2.4"}]}]}])"}},
       {"nqn=nqn.x:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host +
            ",dhchap_secret=<credential:nvmf-dhchap-secret>",
        "nqn=nqn.x:b,transport=tcp,traddr=192.0.2.3,trsvcid=4420" + as_host +
            ",dhchap_secret=<credential:nvmf-dhchap-secret-2>",
        "nqn=nqn.x:c,transport=tcp,traddr=192.0.2.4,trsvcid=4420" + as_host}},
      {"stafd.conf alone; a controller's host NQN",
       {{"stafd.conf", "[Controllers]\n"
                       "controller=transport=tcp;traddr=192.0.2.1;host-nqn=nqn.x:h\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009,hostnqn=nqn.x:h,"
                    "hostid=befdec4c-2234-11b2-a85c-ca77c773af36,keep_alive_tmo=30",
        found + "trsvcid=4420,hostnqn=nqn.x:h,hostid=befdec4c-2234-11b2-a85c-ca77c773af36"}},
      {"sys.conf: as which host both daemons connect, but for a controller that says so itself",
       {{"sys.conf", "[Host]\nnqn=nqn.2014-08.com.example:sys\n"
                     "id=11111111-2222-3333-4444-55555555555A\nsymname=web\n"},
        {"stafd.conf", "[Controllers]\ncontroller=transport=tcp;traddr=192.0.2.1\n"},
        {"stacd.conf", "[Controllers]\n"
                       "controller=transport=tcp;traddr=192.0.2.2;nqn=nqn.x:a\n"
                       "controller=transport=tcp;traddr=192.0.2.3;nqn=nqn.x:b;host-nqn=nqn.2014-08."
                       "org.nvmexpress:uuid:22222222-2222-3333-4444-555555555555\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_sys + ",keep_alive_tmo=30",
        found + "trsvcid=4420" + as_sys,
        "nqn=nqn.x:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_sys,
        "nqn=nqn.x:b,transport=tcp,traddr=192.0.2.3,trsvcid=4420,hostnqn=nqn.2014-08.org."
        "nvmexpress:uuid:22222222-2222-3333-4444-555555555555,"
        "hostid=22222222-2222-3333-4444-555555555555"}},
      {"sys.conf: the files that nvme-stas reads anyway, and a key in a file",
       {{"sys.conf", "[Host]\nnqn=file:///etc/nvme/hostnqn\nid=file:///etc/nvme/hostid\n"
                     "key=file:///etc/nvme/hostkey\n"},
        {"stafd.conf", "[Controllers]\ncontroller=transport=tcp;traddr=192.0.2.1\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host +
            ",dhchap_secret=<file:/etc/nvme/hostkey>,keep_alive_tmo=30",
        found + "trsvcid=4420" + as_host + ",dhchap_secret=<file:/etc/nvme/hostkey>"}},
      {"none: what libnvme leaves out",
       {{"config.json",
         R"([{"hostnqn":"none","dhchap_key":"none","subsystems":[{"nqn":"nqn.x:a","ports":
         [{"transport":"tcp","traddr":"192.0.2.2","trsvcid":"none","host_traddr":"none",
           "host_iface":"none","keyring":"none","tls_key":"none","dhchap_ctrl_key":"none"}]}]}])"}},
       {"nqn=nqn.x:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host}},
      {"discovery.conf: a channel that the secret of the identity secures",
       {{"discovery.conf", "-t tcp -a 192.0.2.1 --concat --dhchap-secret=" + dhchap + "\n"}},
       {discovery + "transport=tcp,traddr=192.0.2.1,trsvcid=8009" + as_host +
            ",dhchap_secret=<credential:nvmf-dhchap-secret>,concat",
        found + "trsvcid=4420" + as_host +
            ",dhchap_secret=<credential:nvmf-dhchap-secret>,concat"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Result result = import(row.files);
    CAPTURE(result.yaml);
    REQUIRE(result.policy);
    CHECK(joined(strings_of(*result.policy)) == joined(row.strings));
  }
}

TEST_CASE("import: a host name stays one, and equal connections become one target") {
  const Result result =
      import({{"discovery.conf", "-t tcp -a array.example.com\n"
                                 "-t tcp -a 192.0.2.9 -l 10\n"
                                 "-t tcp -a array.example.com -s 8009 -p -g\n"
                                 "-t tcp -a 192.0.2.1 -l 10 -g --tls\n"},
              {"stacd.conf", "[Controllers]\n"},
              {"config.json", R"([{"subsystems":[{"nqn":"nqn.2014-08.org.nvmexpress.discovery",
"ports":[{"transport":"tcp","traddr":"192.0.2.9","ctrl_loss_tmo":20,"hdr_digest":true},
{"transport":"tcp","traddr":"192.0.2.1","dhchap_key":")" +
                                  dhchap + R"(","concat":true}]}]}])"}});
  CAPTURE(result.yaml);
  REQUIRE(result.policy);
  std::string targets;
  for (const policy::Target& target : result.policy->targets)
    targets += target.name + ' ';
  CHECK(targets == "dc-array-example-com dc-192-0-2-9 dc-192-0-2-1 ");
  CHECK(result.policy->targets.front().persistent == policy::Persistent::yes);
  CHECK(joined(result.notes) ==
        "config.json:3: `dhchap-secret` is not copied: put the secret into "
        "/etc/credstore/nvmf-dhchap-secret, readable by root alone\n"
        "discovery.conf:3: the connection is the same as that of discovery.conf:1\n"
        "config.json:2: the connection is the same as that of discovery.conf:2\n"
        "config.json:2: `ctrl-loss-tmo` is not carried over: discovery.conf:2 has the same "
        "connection with another value\n"
        "config.json:3: the connection is the same as that of discovery.conf:4\n"
        "config.json:3: `dhchap-secret` is not carried over: discovery.conf:4 has the same "
        "connection with other options\n"
        "config.json:3: `concat` is not carried over: discovery.conf:4 has the same connection "
        "with other options\n");
}

TEST_CASE("import: a persona of nvme-fabrics.conf is a host of its own") {
  const std::string uuid = "22222222-2222-3333-4444-555555555555";
  struct {
    const char* name;
    std::string host; // [Host] of the drop-in
    std::string identity;
    std::string note;
  } const rows[] = {
      {"both halves", "hostnqn=nqn.x:h\nhostid=" + uuid + "\n", "nqn.x:h " + uuid, ""},
      {"a UUID in its NQN", "hostnqn=nqn.2014-08.org.nvmexpress:uuid:" + uuid + "\n",
       "nqn.2014-08.org.nvmexpress:uuid:" + uuid + " " + uuid,
       "b.conf:2: this host NQN has no host id: its own UUID is taken, which stays the same, "
       "unlike "
       "the kernel's\n"},
      {"nothing but an NQN", "hostnqn=nqn.x:h\n", "",
       "b.conf:4: the connection is not carried over: its host NQN has no host id, and the kernel "
       "would make up another one at every boot: write one beside it\n"
       ": no connection was found\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Result result = import({{"nvme-fabrics.conf",
                                   "[I/O Controller Defaults]\nctrl-loss-tmo = 100\n",
                                   {{"b.conf", "[Host]\n" + row.host +
                                                   "[Discovery Controller]\ncontroller = "
                                                   "transport=tcp;traddr=192.0.2.5\n"}}}});
    CAPTURE(result.yaml);
    REQUIRE(result.policy);
    CHECK(joined(result.notes) == row.note);
    std::string identity;
    for (const policy::Target& target : result.policy->targets)
      if (const auto& values = result.policy->identities.at(target.identity.value_or("default"));
          values.hostnqn && values.hostid)
        identity += values.hostnqn->text + ' ' + values.hostid->text;
    CHECK(identity == row.identity);
  }
}

const std::string no_fc_rule =
    ": the policy discovers nothing: discovery controllers that FC ports announce match no rule, "
    "where nvme-cli connects all that they list; a `discover` rule for `event: fc-discovery` and a "
    "`connect` rule with its name as `source` do the same";

TEST_CASE("import: the discovery controllers of FC ports need a rule") {
  const std::string ports = R"("ports":[{"transport":"tcp","traddr":"192.0.2.2"}])";
  struct {
    const char* name;
    TextFile file;
    bool is_noted;
  } const rows[] = {
      {"subsystems alone",
       {"config.json", R"([{"subsystems":[{"nqn":"nqn.x:a",)" + ports + "}]}]"},
       true},
      {"a discovery controller",
       {"config.json",
        R"([{"subsystems":[{"nqn":"nqn.2014-08.org.nvmexpress.discovery",)" + ports + "}]}]"},
       false},
      {"nvme-stas, which does not look at them",
       {"stacd.conf", "[Controllers]\ncontroller=transport=tcp;traddr=192.0.2.2;nqn=nqn.x:a\n"},
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(joined(import({row.file}).notes) ==
          (row.is_noted ? "config.json" + no_fc_rule + "\n" : ""));
  }
}

TEST_CASE("import: a discovery controller stays as the old file says") {
  struct {
    const char* word;
    const char* persistent;
  } const rows[] = {{"no", "persistent: false"},
                    {"auto", "persistent: if-supported"},
                    {"Auto", "persistent: if-supported"},
                    {"force", "persistent: true"},
                    {"true", "persistent: true"}};
  for (const auto& row : rows) {
    CAPTURE(row.word);
    const Result result = import(
        {{"nvme-fabrics.conf",
          fmt::format("[Discovery Controller]\npersistent={}\ncontroller=transport=tcp;traddr="
                      "192.0.2.1\n",
                      row.word)}});
    CAPTURE(result.yaml);
    CHECK(result.policy);
    CHECK(result.yaml.find(row.persistent) != std::string::npos);
    CHECK(result.notes.empty());
  }
}

TEST_CASE("import: how often nvme-stas asks a discovery controller that does not stay") {
  struct {
    const char* value;
    const char* poll;
    std::string note;
  } const rows[] = {
      {"15", "", ""},
      {"30", "poll: 30m", ""},
      {"90", "poll: 90m", ""},
      {"35791", "poll: 35791m", ""},
      {"35792", "",
       "`epcsd-poll-interval-minutes`: `35792` is not a number of minutes from 1 to 35791"},
      {"0", "", "`epcsd-poll-interval-minutes`: `0` is not a number of minutes from 1 to 35791"},
      {"1h", "", "`epcsd-poll-interval-minutes`: `1h` is not a number of minutes from 1 to 35791"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    const Result result =
        import({{"stafd.conf", fmt::format("[Discovery controller connection management]\n"
                                           "epcsd-poll-interval-minutes={}\n[Service Discovery]\n"
                                           "zeroconf=disabled\n[Controllers]\n"
                                           "controller=transport=tcp;traddr=192.0.2.1;"
                                           "persistent=auto\n",
                                           row.value)},
                {"stacd.conf", "[Controllers]\n"}});
    CAPTURE(result.yaml);
    REQUIRE(result.policy);
    const std::string poll = row.poll;
    CHECK((result.yaml.find("poll:") == std::string::npos) == poll.empty());
    CHECK(result.yaml.find(poll) != std::string::npos);
    CHECK(result.policy->targets.front().persistent == policy::Persistent::if_supported);
    CHECK(joined(result.notes) == (row.note.empty() ? "" : "stafd.conf:2: " + row.note + "\n"));
  }
}

TEST_CASE("import: how long nvme-stas tries what is referred to") {
  struct {
    const char* value;
    const char* retry;
    std::string note;
  } const rows[] = {
      {"72hours", "", ""},
      {"3 days", "", ""},
      {"1h 30min", "action: discover\n    retry: {give-up-after: 90m}", ""},
      {"600", "action: discover\n    retry: {give-up-after: 10m}", ""},
      {"infinity", "action: discover\n    retry: {give-up-after: infinity}", ""},
      {"0", "",
       "`dc-giveup-timeout`: `0` is not carried over: every connection is tried at least once"},
      {"soon", "", "`dc-giveup-timeout`: `soon` is not a valid time span"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    const Result result =
        import({{"stafd.conf", fmt::format("[Discovery controller connection management]\n"
                                           "dc-giveup-timeout={}\n[Service Discovery]\nzeroconf="
                                           "disabled\n[Controllers]\n"
                                           "controller=transport=tcp;traddr=192.0.2.1\n",
                                           row.value)},
                {"stacd.conf", "[Controllers]\n"}});
    CAPTURE(result.yaml);
    CHECK(result.policy);
    const std::string retry = row.retry;
    const std::string of_target = "persistent: true\n    retry: {give-up-after: infinity}";
    CHECK((result.yaml.find("retry:") == std::string::npos) == retry.empty());
    CHECK((result.yaml.find(of_target) == std::string::npos) == retry.empty());
    CHECK(result.yaml.find(retry) != std::string::npos);
    CHECK(joined(result.notes) == (row.note.empty() ? "" : "stafd.conf:2: " + row.note + "\n"));
  }
}

TEST_CASE("import: the host's own identity is `default`") {
  const std::string id = "befdec4c-2234-11b2-a85c-ca77c773af36";
  const decide::HostIdentity own{host_nqn, id};
  const std::string line = "-t tcp -a 192.0.2.1 ";
  struct {
    const char* name;
    std::string text;
    bool is_default;
    std::string note = {};
  } const rows[] = {
      {"both", line + "-q " + host_nqn + " -I " + id, true},
      {"both, in capitals", line + "-q " + host_nqn + " -I BEFDEC4C-2234-11B2-A85C-CA77C773AF36",
       true},
      {"the host NQN alone", line + "-q " + host_nqn, true},
      {"the host ID alone", line + "-I " + id, true},
      {"another", line + "-q nqn.x:h -I 22222222-2222-3333-4444-555555555555", false},
      {"the own host NQN with another host ID, beside the own",
       line + "-q " + host_nqn + " -I 22222222-2222-3333-4444-555555555555\n-t tcp -a 192.0.2.2",
       true,
       "discovery.conf:1: the connection is not carried over: its host NQN has another host id at "
       "/etc/nvme, and the kernel takes one for each"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Result result = import({{"discovery.conf", row.text + "\n"}}, own);
    CAPTURE(result.yaml);
    REQUIRE(result.policy);
    CHECK((result.yaml.find("hostnqn") == std::string::npos) == row.is_default);
    CHECK(joined(result.notes) == (row.note.empty() ? "" : row.note + "\n"));
  }
  const Result result = import({{"config.json", R"([{"hostnqn":")" + host_nqn + R"(","hostid":")" +
                                                    id + R"(","dhchap_key":")" + dhchap +
                                                    R"(","subsystems":[{"nqn":"nqn.x:a","ports":
        [{"transport":"tcp","traddr":"192.0.2.2"}]}]}])"}},
                               own);
  REQUIRE(result.policy);
  CHECK(joined(strings_of(*result.policy)) ==
        "nqn=nqn.x:a,transport=tcp,traddr=192.0.2.2,trsvcid=4420" + as_host +
            ",dhchap_secret=<credential:nvmf-dhchap-secret>\n");
}

TEST_CASE("import: parts that cannot be carried over are noted, with their line") {
  struct Row {
    std::string name;
    TextFile file;
    std::vector<std::string> notes;
  };
  const std::string no_connection = ": no connection was found";
  const Row rows[] = {
      {"a host name where none belongs",
       {"discovery.conf", "--transport=fc --traddr=array.example.com\n"
                          "--transport=tcp --traddr=192.0.2.1 --host-traddr=web.example.com\n"},
       {"discovery.conf:1: the connection is not carried over: `traddr` is `array.example.com`, "
        "which is not a valid fc address",
        "discovery.conf:2: the connection is not carried over: `host-traddr` is `web.example.com`, "
        "which is not a valid tcp address",
        no_connection}},
      {"a host name beside an exclusion by address",
       {"stacd.conf", "[Controllers]\nexclude=traddr=192.0.2.9\n"
                      "controller=transport=tcp;traddr=array.example.com;nqn=nqn.x:a\n"},
       {"stacd.conf:3: exclusions by address are not compared with the addresses of "
        "`array.example.com`"}},
      {"a local controller, which needs no connection",
       {"config.json",
        R"([{"subsystems":[{"nqn":"nqn.x:a","ports":[{"transport":"pcie","traddr":"0000:00:01.0"}]}]}])"},
       {"config.json:1: `pcie` needs no connection: the kernel finds it", no_connection}},
      {"no transport",
       {"discovery.conf", "--traddr=192.0.2.1\n"},
       {"discovery.conf:1: the connection is not carried over: it has no `transport`",
        no_connection}},
      {"a number that is none, and one out of range",
       {"discovery.conf", "-t tcp -a 192.0.2.1 -i many -Q 9999\n"},
       {"discovery.conf:1: `nr-io-queues`: `many` is not a whole number",
        "discovery.conf:1: `queue-size`: `9999` is not from 16 to 1024"}},
      {"unknown options",
       {"discovery.conf", "-t tcp -a 192.0.2.1 --sparkle=7 -Z 4\n"},
       {"discovery.conf:1: `-Z` is not carried over: it means different things to versions of "
        "nvme-cli, or nothing",
        "discovery.conf:1: `sparkle` is not carried over: a policy has no equivalent"}},
      {"an option that the transport does not have",
       {"config.json", R"([{"subsystems":[{"nqn":"nqn.2014-08.com.example:a","ports":[
{"transport":"rdma","traddr":"192.0.2.2","hdr_digest":true}]}]}])"},
       {"config.json:2: `hdr-digest` does not apply to rdma", "config.json" + no_fc_rule}},
      {"a key that is named by its number",
       {"config.json", R"([{"subsystems":[{"nqn":"nqn.2014-08.com.example:a","ports":[
{"transport":"tcp","traddr":"192.0.2.2","tls":true,"tls_key":"0x12345"}]}]}])"},
       {"config.json:2: `tls-key` names a key by its number, which changes at every boot; name it "
        "by its description: `tls-key: {keyring: DESCRIPTION}`",
        "config.json" + no_fc_rule}},
      {"an I/O controller without its subsystem",
       {"stacd.conf", "[Controllers]\ncontroller=transport=tcp;traddr=192.0.2.2\n"},
       {"stacd.conf:2: the connection is not carried over: an I/O controller needs its `nqn`",
        no_connection}},
      {"an excluded connection is not a target",
       {"stacd.conf", "[Controllers]\n"
                      "controller=transport=tcp;traddr=192.0.2.2;nqn=nqn.2014-08.com.example:a\n"
                      "exclude=transport=tcp;traddr=192.0.2.2\n"},
       {"stacd.conf:2: this connection is excluded by stacd.conf:3, so it does not become a target",
        no_connection}},
      {"an exclusion that cannot be said in full excludes nothing, rather than more",
       {"stacd.conf", "[Controllers]\nexclude=transport=tcp;trsvcid=99999\n"
                      "exclude=transport=tcp;sparkle=7\n"},
       {"stacd.conf:2: this exclusion is not carried over: `trsvcid=99999` cannot be compared",
        "stacd.conf:3: this exclusion is not carried over: `sparkle=7` cannot be compared",
        no_connection}},
      {"an identity outside of [Host]",
       {"nvme-fabrics.conf", "[Subsystem]\nnqn = nqn.2014-08.com.example:a*\n"
                             "controller = transport=tcp;traddr=192.0.2.2;hostnqn=nqn.x\n"},
       {"nvme-fabrics.conf:3: `hostnqn` belongs in [Host]",
        "nvme-fabrics.conf:3: the connection is not carried over: `nqn.2014-08.com.example:a*` is "
        "a "
        "pattern, where one subsystem belongs",
        no_connection}},
      {"a section that nobody knows",
       {"nvme-fabrics.conf", "[Host]\nhostsymname = a\n[Hosts]\nx = y\n"},
       {"nvme-fabrics.conf:3: unknown section [Hosts]",
        "nvme-fabrics.conf:2: `hostsymname` is not carried over: a policy has no equivalent",
        no_connection}},
      {"an address that needs its interface",
       {"discovery.conf", "-t tcp -a fe80::1\n"},
       {"discovery.conf:1: the connection is not carried over: link-local address `fe80::1` "
        "without "
        "an interface",
        no_connection}},
      {"options that exclude each other",
       {"config.json", R"([{"subsystems":[{"nqn":"nqn.x:a","ports":[
{"transport":"tcp","traddr":"192.0.2.2","tls":true,"concat":true}]}]}])"},
       {"config.json:2: the connection is not carried over: `tls` and `concat` exclude each other: "
        "both encrypt",
        no_connection}},
      {"identities of which the kernel takes but one",
       {"discovery.conf",
        "-t tcp -a 192.0.2.1\n"
        "-t tcp -a 192.0.2.2 -q nqn.x:h\n"
        "-t tcp -a 192.0.2.3 -I 11111111-2222-3333-4444-555555555555\n"
        "-t tcp -a 192.0.2.4 -q nqn.x:a -I 22222222-2222-3333-4444-555555555555\n"
        "-t tcp -a 192.0.2.5 -q nqn.x:b -I 22222222-2222-3333-4444-555555555555\n"
        "-t tcp -a 192.0.2.6 -q nqn.x:a -I 33333333-2222-3333-4444-555555555555\n"},
       {"discovery.conf:2: the connection is not carried over: its host NQN has no host id, and "
        "/etc/nvme/hostid is that of another",
        "discovery.conf:3: the connection is not carried over: its host id has no host NQN, and "
        "/etc/nvme/hostnqn is that of another",
        "discovery.conf:5: the connection is not carried over: its host id has another host NQN at "
        "discovery.conf:4, and the kernel takes one for each",
        "discovery.conf:6: the connection is not carried over: its host NQN has another host id at "
        "discovery.conf:4, and the kernel takes one for each"}},
      {"a host id that is taken from elsewhere",
       {"discovery.conf",
        "-t tcp -a 192.0.2.1 -q nqn.x:h\n"
        "-t tcp -a 192.0.2.2 -q nqn.x:h -I 11111111-2222-3333-4444-555555555555\n"},
       {"discovery.conf:1: this host NQN has no host id here: that of discovery.conf:2 is taken"}},
      {"options without a value, and a name that `connect-all` does not use",
       {"discovery.conf", "-t tcp -a 192.0.2.1 -n nqn.x:dc --tos= --dhchap-secret\n"},
       {"discovery.conf:1: `tos` has no value", "discovery.conf:1: `dhchap-secret` has no value",
        "discovery.conf:1: the discovery controller's own NQN is not carried over: it is connected "
        "by the well-known one"}},
      {"a port of fc, flags of the command",
       {"discovery.conf",
        "-t fc -a nn-0x201700a09890f5bf:pn-0x201900a09890f5bf -s 4420 --no-nbft\n"},
       {"discovery.conf:1: `no-nbft` is not carried over: a policy has no equivalent",
        "discovery.conf:1: `trsvcid` does not apply to fc"}},
      {"what holds no values",
       {"config.json", R"([{"persistent_discovery_ctrl":"perhaps","subsystems":[
{"nqn":"nqn.x:a"},{"nqn":"nqn.x:b","ports":[
{"transport":"tcp","traddr":"192.0.2.2","tos":[4],"sparkle":{"a":1}}]}]}])"},
       {"config.json:2: a subsystem without `ports` connects nothing",
        "config.json:3: `tos` is not carried over: it is a list or a map",
        "config.json:3: `sparkle` is not carried over: it is a list or a map",
        "config.json:1: `persistent`: `perhaps` is neither true nor false",
        "config.json" + no_fc_rule}},
      {"a file of stafd",
       {"stafd.conf", "[Global]\nignore-iface=perhaps\nip-family=ipx\nqueue-size=64\n"
                      "[Service Discovery]\nzeroconf=disabled\n[Controllers]\ncontroller=\n"
                      "controller=transport=tcp;traddr=192.0.2.1\n"},
       {"stafd.conf:2: `ignore-iface`: `perhaps` is neither true nor false",
        "stafd.conf:3: `ip-family`: `ipx` is not an address family",
        "stafd.conf:8: `controller` has no value",
        "stafd.conf:4: `queue-size` does not apply to a discovery controller",
        "stafd.conf: stacd.conf was not given: the entries of discovery logs are connected, as "
        "stacd does without one"}},
      {"an identity that no host may have",
       {"discovery.conf", "-t tcp -a 192.0.2.1 -I 11111111-2222-3333-4444-555555555555 -q "
                          "nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000000"},
       {"discovery.conf:1: the connection is not carried over: "
        "`nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000000` has a placeholder "
        "UUID that no host may use",
        no_connection}},
      {"two connections of one line",
       {"config.json",
        R"([{"subsystems":[{"nqn":"nqn.x:a","ports":[{"transport":"tcp"},{"transport":"tcp"}]}]}])"},
       {"config.json:1: the connection is not carried over: it has no `traddr`",
        "config.json:1: the connection is not carried over: it has no `traddr`", no_connection}},
      {"an exclusion that no policy can hold",
       {"stacd.conf", "[Controllers]\nexclude=transport=fc;traddr=192.0.2.1\n"
                      "controller=transport=tcp;traddr=192.0.2.1;nqn=nqn.x:a\n"},
       {"stacd.conf:2: this exclusion is not carried over: `transport` and `traddr` can "
        "never hold together"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Result result = import({row.file});
    CHECK(joined(result.notes) == joined(row.notes));
    CHECK(result.policy);
  }
}

TEST_CASE("import: the source address that `ignore-iface` takes away is said") {
  const Result result = import({{"stafd.conf", "[Service Discovery]\nzeroconf=disabled\n"
                                               "[Controllers]\ncontroller=transport=tcp;"
                                               "traddr=192.0.2.1;host-traddr=192.0.2.77\n"},
                                {"stacd.conf", "[Global]\nignore-iface=true\n"}});
  CHECK(joined(result.notes) ==
        "stacd.conf:2: `ignore-iface` leaves the source address of discovered paths to the "
        "kernel, too: `host-traddr` stays that of the discovery controllers alone\n");
}
