#include "policy/covers.hpp"

#include "policy/loading.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

policy::Pattern pattern(const std::string& key, const std::string& value) {
  auto const policy =
      tests::good(tests::rule("    match: {" + key + ": " + value + "}\n    action: ignore\n"));
  return policy->rules.front().match.all.front().values.front();
}

} // namespace

TEST_CASE("a pattern takes in another one, or cannot tell") {
  struct Row {
    const char* key;
    const char* outer;
    const char* inner;
    bool covers;
  };
  const Row rows[] = {
      {"traddr", "10.0.0.0/8", "10.1.0.0/16", true},
      {"traddr", "10.0.0.0/8", "10.1.2.3", true},
      {"traddr", "10.0.0.0/8", "10.0.0.0-10.255.255.255", true},
      {"traddr", "10.0.0.0/8", "10.0.0.0-11.0.0.0", false},
      {"traddr", "10.1.0.0/16", "10.0.0.0/8", false},
      {"traddr", "10.0.0.1-10.0.0.9", "10.0.0.8/31", true},
      {"traddr", "10.0.0.1-10.0.0.9", "10.0.0.8/30", false},
      {"traddr", "0.0.0.0/0", "\"fd00::1\"", false},
      {"traddr", "\"::/0\"", "10.0.0.1", false},
      {"traddr", "\"::ffff:0.0.0.0/96\"", "10.0.0.1", true},
      {"traddr", "\"fe80::/10\"", "\"fe80::1%eth0\"", false}, // says less than could be known
      {"traddr", "\"fe80::1%eth0\"", "\"fe80::1\"", false},
      {"traddr", "\"nn-20*:pn-*\"", "\"nn-0x2000000000000000:pn-0x2100*\"", true},
      {"traddr", "\"nn-2000*:pn-*\"", "\"nn-20*:pn-*\"", false},
      {"trsvcid", "4420-4430", "4425", true},
      {"trsvcid", "4420-4430", "4425-4431", false},
      {"transport", "tcp", "tcp", true},
      {"transport", "tcp", "rdma", false},
      {"hostname", "\"*\"", "\"web-?\"", true},
      {"hostname", "\"web-*\"", "\"web-0?\"", true},
      {"hostname", "\"web-0*\"", "\"web-*\"", false},
      {"hostname", "\"web-?\"", "web-7", true},
      {"hostname", "\"web-?\"", "web-17", false},
      {"hostname", "\"web-?\"", "\"web-?\"", true},
      {"hostname", "\"*a*\"", "\"*ab*\"", false}, // true, and more than it can tell
  };
  for (const Row& row : rows) {
    INFO(std::string(row.outer), " over ", std::string(row.inner));
    CHECK(policy::covers(pattern(row.key, row.outer), pattern(row.key, row.inner)) == row.covers);
  }
}
