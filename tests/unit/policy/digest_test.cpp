#include "policy/loading.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;

namespace {

std::string digest(const std::string& text) { return tests::good(text)->digest; }

const std::string one = tests::rule("    match: {transport: tcp}\n    action: connect\n");

} // namespace

TEST_CASE("the digest is that of the content") {
  struct Row {
    const char* name;
    std::string text;
    bool same;
  };
  const Row rows[] = {
      {"the same", one, true},
      {"comments and blank lines", "# why\n\n" + one + "# end\n", true},
      {"another layout", "rules: [{name: r, match: {transport: tcp}, action: connect}]\n", true},
      {"another order of keys", "rules: [{action: connect, name: r, match: {transport: tcp}}]\n",
       true},
      {"quotes around text", "rules: [{name: 'r', match: {transport: \"tcp\"}, action: connect}]\n",
       true},
      {"x- keys", "x-owner: me\n" + one, true},
      {"another name", "rules: [{name: s, match: {transport: tcp}, action: connect}]\n", false},
      {"another value", "rules: [{name: r, match: {transport: rdma}, action: connect}]\n", false},
      {"a key more", one + "limits: {referral-depth: 8}\n", false},
  };
  CHECK(digest(one).starts_with("sha256:"));
  CHECK(digest(one).size() == 7 + 64);
  for (const Row& row : rows) {
    INFO(std::string(row.name));
    CHECK((digest(row.text) == digest(one)) == row.same);
  }
}

TEST_CASE("the digest depends on the names of files") {
  std::string const text = "version: 1\n" + one;
  auto const as = [&](const char* path) { return load::load_texts({{path, text}}).policy->digest; };
  CHECK(as("/etc/nvmf/autoconnect.d/70-a.yaml") == as("/usr/lib/nvmf/autoconnect.d/70-a.yaml"));
  CHECK(as("/etc/nvmf/autoconnect.d/70-a.yaml") != as("/etc/nvmf/autoconnect.d/71-a.yaml"));
}
