#include "cli/setting_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using namespace nvmf;

TEST_CASE("connect options have the kernel's values in JSON") {
  struct Row {
    const char* name;
    const char* text;
    const char* json;
  };
  for (const Row& row :
       {Row{"nr-io-queues", "16", "16"}, Row{"ctrl-loss-tmo", "infinity", "-1"},
        Row{"ctrl-loss-tmo", "10m", "600"}, Row{"fast-io-fail-tmo", "null", "null"},
        Row{"hdr-digest", "true", "true"}, Row{"keyring", "12", "\"12\""},
        Row{"dhchap-secret", "{credential: a}", "{\"credential\":\"a\"}"},
        Row{"dhchap-secret", "odd", "\"odd\""}}) {
    CAPTURE(row.text);
    CHECK(cli::option_value_json(row.name, row.text).dump() == row.json);
  }
}

TEST_CASE("other settings have their unit in the name in JSON") {
  struct Row {
    const char* name;
    const char* text;
    const char* key;
    const char* json;
  };
  for (const Row& row :
       {Row{"first-delay", "2s", "first-delay-ms", "2000"},
        Row{"give-up-after", "infinity", "give-up-after-ms", "null"},
        Row{"poll", "never", "poll-ms", "null"}, Row{"poll", "15m", "poll-ms", "900000"},
        Row{"jitter", "20%", "jitter-percent", "20"}, Row{"factor", "1.5", "factor", "1.5"},
        Row{"attempts", "unlimited", "attempts", "null"}, Row{"attempts", "3", "attempts", "3"},
        Row{"probe-timeout", "5s", "probe-timeout-ms", "5000"},
        Row{"timeout", "90s", "timeout-ms", "90000"}, Row{"probe", "false", "probe", "false"},
        Row{"host-side", "any", "host-side", "\"any\""},
        Row{"hostnqn", "nqn.x:1", "hostnqn", "\"nqn.x:1\""}}) {
    CAPTURE(row.text);
    CHECK(cli::setting_key(row.name) == row.key);
    CHECK(cli::setting_value_json(row.name, row.text).dump() == row.json);
  }
}

} // namespace
