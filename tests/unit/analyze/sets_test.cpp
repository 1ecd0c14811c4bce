// The sets that the analysis computes with: numbers, IP and FC addresses, texts.
#include "analyze/axis_set.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace nvmf;
using namespace nvmf::analyze;

namespace {

IpSet ip_set(const Scopes& scopes, const std::vector<std::string>& texts) {
  std::vector<Interval<IpPoint>> intervals;
  for (const std::string& text : texts) {
    IpSet one;
    if (auto const range = base::IpRange::parse(text))
      one = scopes.of(*range);
    else if (auto const prefix = base::Cidr::parse(text))
      one = scopes.of(*prefix);
    else
      one = scopes.of(base::IpAddress::parse(text).value());
    intervals.insert(intervals.end(), one.intervals().begin(), one.intervals().end());
  }
  return IpSet(std::move(intervals));
}

std::string shown(const Scopes& scopes, const IpSet& set) {
  std::string text;
  for (const auto& [first, last] : set.intervals()) {
    text += (text.empty() ? "" : " ") + scopes.to_address(first).to_string();
    if (first != last)
      text += "-" + scopes.to_address(last).to_string();
  }
  return text;
}

} // namespace

TEST_CASE("numbers: union, intersection, difference") {
  NumberSet const some({{{5}, {7}}, {{1}, {3}}, {{7}, {9}}, {{20}, {20}}});
  CHECK(some == NumberSet({{{1}, {3}}, {{5}, {9}}, {{20}, {20}}}));
  CHECK((some & numbers(3, 6)) == NumberSet({{{3}, {3}}, {{5}, {6}}}));
  CHECK((some - numbers(2, 8)) == NumberSet({{{1}, {1}}, {{9}, {9}}, {{20}, {20}}}));
  CHECK((numbers(0, 65535) - numbers(0, 65535)).empty());
  CHECK((numbers(1, 9) - NumberSet({{{1}, {1}}, {{4}, {5}}, {{9}, {9}}})) ==
        NumberSet({{{2}, {3}}, {{6}, {8}}}));
  CHECK(some.contains({5}));
  CHECK_FALSE(some.contains({4}));
  CHECK(some.overlaps(numbers(4, 5)));
  CHECK_FALSE(some.overlaps(numbers(10, 19)));
}

TEST_CASE("IP addresses: what is left of some without others") {
  struct Row {
    const char* name;
    std::vector<std::string> whole;
    std::vector<std::string> without;
    std::string left;
  };
  Row const rows[] = {
      {"half of a prefix", {"10.0.0.0/30"}, {"10.0.0.0/31"}, "10.0.0.2-10.0.0.3"},
      {"a hole", {"10.0.0.0/30"}, {"10.0.0.1"}, "10.0.0.0 10.0.0.2-10.0.0.3"},
      {"two parts that cover", {"10.0.0.0/24"}, {"10.0.0.0/25", "10.0.0.128-10.0.0.255"}, ""},
      {"the end of IPv4", {"255.255.255.254/31"}, {"255.255.255.255"}, "255.255.255.254"},
      {"IPv6 holds no IPv4", {"10.0.0.1"}, {"::/0"}, "10.0.0.1"},
      {"mapped is IPv4", {"::ffff:10.0.0.1"}, {"10.0.0.0/8"}, ""},
      {"IPv6 prefix", {"fd00::/126"}, {"fd00::1-fd00::2"}, "fd00:: fd00::3"},
      {"the end of IPv6",
       {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"},
       {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"},
  };
  // Without scopes in a policy, IPv6 addresses differ by "no scope" and "some scope" only.
  Scopes const scopes;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    IpSet const left = ip_set(scopes, row.whole) - ip_set(scopes, row.without);
    IpSet const unscoped = left & IpSet::of({0, 0}, {1, ~AddressNumber{0}});
    CHECK(shown(scopes, unscoped) == row.left);
  }
}

TEST_CASE("IP addresses: a literal without scope matches any, one with a scope only that") {
  Scopes scopes;
  scopes.add("eth0");
  IpSet const any = ip_set(scopes, {"fe80::1"});
  IpSet const eth0 = ip_set(scopes, {"fe80::1%eth0"});
  CHECK((eth0 - any).empty());
  CHECK(shown(scopes, eth0) == "fe80::1%eth0");
  // Some scope that no literal names represents all others.
  CHECK(shown(scopes, any - eth0) == "fe80::1 fe80::1%eth1");
  CHECK((eth0 - ip_set(scopes, {"fe80::/64"})).empty());
}

TEST_CASE("IP addresses: everything") {
  Scopes const scopes;
  CHECK(shown(scopes, scopes.all(base::IpFamily::v4)) == "0.0.0.0-255.255.255.255");
  // IPv4-mapped addresses are not IPv6.
  CHECK_FALSE(scopes.all(base::IpFamily::v6).contains({1, AddressNumber{0xffff} << 32 | 1}));
  CHECK((scopes.all(base::IpFamily::v6) - ip_set(scopes, {"::/0"})).empty());
}

TEST_CASE("FC addresses: node and port names apart") {
  auto const set = [](const char* text) { return FcSet::of(base::FcPattern::parse(text).value()); };
  FcSet const node = set("nn-0x1000000000000001:pn-*");
  FcSet const port = set("nn-*:pn-0x20*");
  FcSet const all = set("nn-*:pn-*");
  CHECK((all - all).empty());
  CHECK(node.overlaps(port));
  CHECK((node & port).rectangles().size() == 1);
  CHECK((node - port).rectangles().size() == 2); // port names below and above 0x20…
  CHECK_FALSE(set("nn-0x1000000000000002:pn-*").overlaps(node));
  FcSet two = set("nn-0x0*:pn-*");
  CHECK_FALSE((all - two).empty());
  for (char const digit : std::string("123456789abcdef"))
    two.add(set((std::string("nn-0x") + digit + "*:pn-*").c_str()));
  CHECK((all - two).empty());
}

TEST_CASE("texts of loop addresses: some, or all but some") {
  LiteralSet const a{.texts = {"a"}};
  LiteralSet const not_a{.all_but = true, .texts = {"a"}};
  CHECK((a & not_a).empty());
  CHECK((a - not_a).texts == std::set<std::string>{"a"});
  CHECK((not_a - LiteralSet{.texts = {"b"}}).texts == std::set<std::string>{"a", "b"});
  CHECK((not_a - not_a).empty());
}
