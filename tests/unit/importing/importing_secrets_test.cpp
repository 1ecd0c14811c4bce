#include "diag/render.hpp"
#include "imported.hpp"

#include <doctest/doctest.h>

using namespace nvmf;
using namespace nvmf::tests;
using importing::FileKind;

TEST_CASE("import: secrets become references, and the same secret the same one") {
  struct Row {
    std::string name;
    TextFile file;
  };
  const Row rows[] = {
      {"discovery.conf",
       {"discovery.conf", "-t tcp -a 192.0.2.1 --dhchap-secret=" + dhchap + "\n"}},
      {"discovery.conf, short", {"discovery.conf", "-t tcp -a 192.0.2.1 -S " + dhchap + "\n"}},
      {"config.json, host and port",
       {"config.json", R"([{"hostnqn":")" + host_nqn + R"(","dhchap_key":")" + dhchap +
                           R"(","subsystems":[{"nqn":"nqn.2014-08.com.example:a","ports":[
                           {"transport":"tcp","traddr":"192.0.2.2","dhchap_key":")" +
                           dhchap + R"("}]}]}])"}},
      {"nvme-fabrics.conf, [Host] and section",
       {"nvme-fabrics.conf",
        "[Host]\ndhchap-secret = " + dhchap +
            "\n[Subsystem]\nnqn = nqn.2014-08.com.example:a\nkxchap-secret = " + dhchap +
            "\ncontroller = transport=tcp;traddr=192.0.2.2\n"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Result result = import({row.file});
    REQUIRE(result.policy);
    CHECK(result.yaml.find("ia6zGod") == std::string::npos);
    CHECK(result.yaml.find("{credential: nvmf-dhchap-secret}") != std::string::npos);
    CHECK(result.yaml.find("nvmf-dhchap-secret-2") == std::string::npos);
    std::vector<std::string> notes = result.notes;
    std::erase_if(notes, [](const std::string& note) {
      return note.find("the policy discovers nothing") != std::string::npos;
    });
    REQUIRE(notes.size() == 1);
    CHECK(notes.front().find("put the secret into /etc/credstore/nvmf-dhchap-secret") !=
          std::string::npos);
    const auto strings = strings_of(*result.policy);
    CHECK(strings.front().find("dhchap_secret=<credential:nvmf-dhchap-secret>") !=
          std::string::npos);
  }
}

TEST_CASE("import: a secret in an unlikely place is not repeated either") {
  const std::string tcp = "-t tcp -a 192.0.2.1 ";
  const std::string psk = "NVMeTLSkey-1:01:ia6zGodOr4SEG0Zzaw398rpY0wqipUWj4jWjUh4HWUz6aQ2n:";
  const std::string host = "[Host]\n";
  const TextFile files[] = {
      {"discovery.conf", tcp + dhchap},
      {"discovery.conf", tcp + "--nr-io-queues=" + dhchap},
      {"discovery.conf", "-t tcp -a " + dhchap},
      {"discovery.conf", "-t loop -a " + dhchap},
      {"discovery.conf", tcp + "-Z " + dhchap},
      {"discovery.conf", tcp + "--keyring=" + dhchap},
      {"discovery.conf", tcp + "--keyring=" + psk},
      {"discovery.conf", tcp + "--tls_key_identity=" + psk},
      {"discovery.conf", tcp + "-q nqn.x:" + dhchap},
      {"discovery.conf", tcp + "--persistent=" + dhchap},
      {"config.json", R"([{"subsystems":[{"nqn":"nqn.x:)" + dhchap + R"(","ports":[
         {"transport":"tcp","traddr":"192.0.2.2"}]}]}])"},
      {"config.json", R"([{"subsystems":[{"nqn":"nqn.x:a","ports":[
         {"transport":"tcp","traddr":"192.0.2.2",")" +
                          dhchap + R"(":{"a":1},"keyring":")" + dhchap + R"("}]}]}])"},
      {"nvme-fabrics.conf", host + dhchap + "\n"},
      {"nvme-fabrics.conf", host + "keyring = " + dhchap + "\n[" + dhchap + "]\nx = y"},
      {"nvme-fabrics.conf", dhchap + " = 1\n" + host},
      {"nvme-fabrics.conf", "[Subsystem]\nnqn = nqn.x:a\ncontroller = transport=tcp;"
                            "traddr=192.0.2.1;keyring=" +
                                dhchap},
      {"stacd.conf", "[Global]\n" + dhchap + "\nkato = " + dhchap},
      {"stacd.conf", "[Controllers]\nexclude = nqn=" + dhchap},
      {"stacd.conf", "[Controllers]\nexclude = host-iface=" + dhchap},
      {"stacd.conf", "[Controllers]\nexclude = " + dhchap + "=a"},
      {"stacd.conf", "[Controllers]\n" + dhchap + "\n" + dhchap + "=a"},
      {"stafd.conf", "[Controllers]\ncontroller = transport=tcp;traddr=192.0.2.1;" + dhchap},
  };
  for (const TextFile& file : files) {
    CAPTURE(file.text);
    const Result result = import({file});
    CHECK(result.policy);
    CHECK(result.notes.size() >= 1);
    // INI keys are shown in lower case.
    for (const std::string part : {"ia6zGod", "ia6zgod"}) {
      CHECK(result.yaml.find(part) == std::string::npos);
      CHECK(joined(result.notes).find(part) == std::string::npos);
    }
  }
}

TEST_CASE("import: the program's own words are not masked") {
  const Result result =
      import({{"discovery.conf", "-t tcp -a 192.0.2.1 --dhchap-secret=" + dhchap.substr(7) +
                                     " --keyring=" + dhchap + "\n"}});
  CHECK(joined(result.notes) ==
        "discovery.conf:1: `keyring` looks like a secret, and is not carried over\n"
        "discovery.conf:1: `dhchap-secret` is not a DH-HMAC-CHAP secret: it does not begin with "
        "`DHHC-1:`\n");
}

TEST_CASE("import: findings about a file with secrets do not show them") {
  for (const std::string& text : {"[{\"dhchap_key\":\"" + dhchap + "\", \"subsystems\": 5}]",
                                  "[{\"dhchap_key\":\"" + dhchap + "\", oops:[}]",
                                  "[{\"subsystems\":[{\"ports\":[\"" + dhchap + "\"]}]}]",
                                  "[{\"" + dhchap + "\":1, \"" + dhchap + "\":2}]"}) {
    CAPTURE(text);
    diag::Sink sink;
    importing::read_files({{.source = source_of({"config.json", text}),
                            .kind = FileKind::config_json,
                            .drop_ins = {}}},
                          sink);
    CHECK(sink.has_errors());
    for (const std::string& shown :
         {diag::render_human(sink.findings()), diag::render_json(sink.findings())})
      CHECK(shown.find("ia6zGod") == std::string::npos);
  }
}
