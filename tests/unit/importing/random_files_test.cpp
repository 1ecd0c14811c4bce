// The policy that is made of old files passes `check`, however wild their fields.
#include "imported.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <map>
#include <random>

using namespace nvmf;
using namespace nvmf::tests;

namespace {

using Words = std::vector<std::string>;

const Words transports{"tcp", "rdma", "fc", "loop", "TCP", "pcie", ""};
const Words addresses{"192.0.2.1",
                      "192.0.2.2",
                      "fd20::1",
                      "[fd20::2]",
                      "fe80::1",
                      "::ffff:192.0.2.1",
                      "0.0.0.0",
                      "192.0.2.0/24",
                      "192.0.2.1-192.0.2.9",
                      "192.0.2.1:8009",
                      "array.example.com",
                      "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf",
                      "50:05:07:68:01:10:22:33",
                      "none",
                      "@set",
                      "*",
                      "a, b",
                      ""};
const Words nqns{"nqn.2014-08.org.nvmexpress.discovery",
                 "nqn.2014-08.com.example:a",
                 "nqn.2014-08.com.example:b*",
                 "nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000000",
                 host_nqn,
                 "iqn.2001-04.com.example:a",
                 "testnqn",
                 "nqn." + std::string(230, 'x'),
                 "nqn.a b",
                 "none",
                 "default",
                 ""};
const Words ids{"befdec4c-2234-11b2-a85c-ca77c773af36",
                "11111111-2222-3333-4444-55555555555A",
                "00000000-0000-0000-0000-000000000000",
                "web-07",
                "none",
                ""};
const Words numbers{"0",           "1",   "4",    "8",   "120", "-1", "65536",
                    "99999999999", "1e3", "0x10", "yes", "off", ""};
const Words truths{"true", "false", "1", "0", "yes", "no", "auto", "force", "perhaps", ""};
const Words secrets{dhchap,   "NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:",
                    "secret", "none",
                    "12345",  ""};
const Words interfaces{"ens1f0", "ens*", "an-interface-with-a-long-name", "none", ""};
const Words words{"",     "none", "yes", "null", "~",  "\"quoted\"", "it's",
                  "a: b", "# c",  "- d", "{e}",  "*f", "&g"};

struct Field {
  const char* name;
  const Words* values;
};
// By the names of `nvme connect`.
const std::vector<Field> fields{{"transport", &transports},
                                {"traddr", &addresses},
                                {"trsvcid", &numbers},
                                {"host-traddr", &addresses},
                                {"host-iface", &interfaces},
                                {"nqn", &nqns},
                                {"hostnqn", &nqns},
                                {"hostid", &ids},
                                {"persistent", &truths},
                                {"discovery", &truths},
                                {"nr-io-queues", &numbers},
                                {"nr-write-queues", &numbers},
                                {"nr-poll-queues", &numbers},
                                {"queue-size", &numbers},
                                {"keep-alive-tmo", &numbers},
                                {"reconnect-delay", &numbers},
                                {"ctrl-loss-tmo", &numbers},
                                {"fast-io-fail-tmo", &numbers},
                                {"tos", &numbers},
                                {"duplicate-connect", &truths},
                                {"disable-sqflow", &truths},
                                {"hdr-digest", &truths},
                                {"data-digest", &truths},
                                {"tls", &truths},
                                {"concat", &truths},
                                {"keyring", &words},
                                {"tls-key", &secrets},
                                {"tls-key-identity", &words},
                                {"dhchap-secret", &secrets},
                                {"dhchap-ctrl-secret", &secrets},
                                {"sparkle", &words}};

class RandomFiles {
public:
  explicit RandomFiles(unsigned seed) : random_(seed) {}

  TextFile discovery_conf() {
    std::string text;
    for (std::size_t line = 0; line < below(4); ++line) {
      for (const auto& [name, value] : some())
        text += fmt::format("--{}={} ", name, value);
      text += "\n";
    }
    return {"discovery.conf", "-t tcp -a 192.0.2.77\n" + text};
  }

  TextFile config_json() {
    std::string hosts;
    for (std::size_t host = 0; host < 1 + below(2); ++host) {
      std::string ports;
      for (std::size_t port = 0; port < below(3); ++port)
        ports += fmt::format("{}{{{}}}", port == 0 ? "" : ",", json_of(some()));
      hosts += fmt::format(
          R"({}{{"hostnqn":{},"hostid":{},"dhchap_key":{},"subsystems":[{{"nqn":{},"ports":[{}]}}]}})",
          host == 0 ? "" : ",", quoted_text(pick(nqns)), quoted_text(pick(ids)),
          quoted_text(pick(secrets)), quoted_text(pick(nqns)), ports);
    }
    return {"config.json", "[" + hosts + "]"};
  }

  TextFile fabrics_conf() {
    std::string text = "[Host]\n" + lines_of(some());
    text += "[Discovery Controller Defaults]\n" + lines_of(some());
    text += "[I/O Controller Defaults]\n" + lines_of(some());
    for (const char* section : {"Discovery Controller", "Subsystem"})
      text += fmt::format("[{}]\n{}controller={}\n", section, lines_of(some()), pairs_of(some()));
    return {"nvme-fabrics.conf", text};
  }

  TextFile stas(const std::string& path) {
    std::string text = "[Global]\n" + lines_of(some());
    text += fmt::format("ignore-iface={}\nip-family={}\n", pick(truths),
                        pick({"ipv4", "ipv6", "ipv4+ipv6", "ipx"}));
    text += fmt::format("[Discovery controller connection management]\ndc-giveup-timeout={}\n"
                        "epcsd-poll-interval-minutes={}\n",
                        pick({"0", "1h30m", "infinity", "72h", "soon", "1ms", "900 weeks"}),
                        pick(numbers));
    text += "[Controllers]\n";
    for (std::size_t line = 0; line < below(3); ++line)
      text += fmt::format("controller={}\nexclude={}\n", pairs_of(some()), pairs_of(some()));
    return {path, text};
  }

  TextFile sys_conf() {
    const Words keys{dhchap, "file:///etc/key", "file://", "", "secret"};
    return {"sys.conf", fmt::format("[Host]\nnqn={}\nid={}\nkey={}\nsymname={}\n", or_file(nqns),
                                    or_file(ids), pick(keys), pick(words))};
  }

private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }
  const std::string& pick(const Words& all) { return all[below(all.size())]; }
  std::string pick(std::initializer_list<const char*> all) {
    return *(all.begin() + below(all.size()));
  }
  std::string or_file(const Words& all) {
    return below(3) == 0 ? pick({"file:///etc/nvme/hostnqn", "file:///etc/nvme/hostid",
                                 "file:///etc/b", "file://x"})
                         : pick(all);
  }

  // Mostly a usable connection with a few more fields, so that all of the policy is written.
  Pairs some() {
    Pairs pairs;
    if (below(4) != 0)
      pairs = {{"transport", "tcp"}, {"traddr", fmt::format("192.0.2.{}", below(5) + 1)}};
    if (below(2) == 0)
      pairs.emplace_back("nqn", fmt::format("nqn.2014-08.com.example:{}", below(3)));
    for (std::size_t i = below(5); i > 0; --i) {
      const Field& field = fields[below(fields.size())];
      pairs.emplace_back(field.name, pick(*field.values));
    }
    return pairs;
  }

  static std::string quoted_text(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text)
      quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return quoted + '"';
  }

  static std::string json_of(const Pairs& pairs) {
    std::map<std::string, std::string> once; // a duplicate key is an error of the file
    for (const auto& [name, value] : pairs)
      once[name] = value;
    std::string text;
    for (const auto& [name, value] : once)
      text +=
          fmt::format("{}{}:{}", text.empty() ? "" : ",", quoted_text(name), quoted_text(value));
    return text;
  }

  static std::string lines_of(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs)
      text += fmt::format("{}={}\n", name, value);
    return text;
  }

  static std::string pairs_of(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs)
      text += fmt::format("{}={};", name, value);
    return text;
  }

  std::mt19937 random_;
};

// The test `property.importing` asks for more than the quick one.
unsigned rounds_wanted() {
  const char* const wanted = std::getenv("NVMF_IMPORT_ROUNDS");
  return wanted == nullptr ? 25U : static_cast<unsigned>(std::stoul(wanted));
}

} // namespace

TEST_CASE("import: the result passes check, whatever the fields hold") {
  const decide::HostIdentity own{host_nqn, "befdec4c-2234-11b2-a85c-ca77c773af36"};
  std::size_t with_connections = 0;
  const unsigned rounds = rounds_wanted();
  for (unsigned seed = 0; seed < rounds; ++seed) {
    CAPTURE(seed);
    RandomFiles random(seed);
    const std::vector<std::vector<TextFile>> inputs{
        {random.discovery_conf()},
        {random.config_json()},
        {random.fabrics_conf()},
        {random.stas("stafd.conf"), random.stas("stacd.conf"), random.sys_conf()},
        {random.discovery_conf(), random.config_json(), random.stas("stafd.conf")}};
    for (const std::vector<TextFile>& files : inputs) {
      std::string texts;
      for (const TextFile& file : files)
        texts += fmt::format("--- {}\n{}\n", file.path, file.text);
      CAPTURE(texts);
      const Result result = import(files, own);
      CAPTURE(result.yaml);
      CHECK(result.policy);
      CHECK(result.yaml.find(dhchap) == std::string::npos);
      with_connections += result.policy && !result.policy->targets.empty() ? 1 : 0;
    }
  }
  // The other ones would prove little.
  CHECK(with_connections > 2 * rounds);
}
