#include "base/fc_address.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("fc addresses in every spelling that arrays use") {
  const char* const canonical = "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf";
  for (const char* text :
       {"nn-0x201700a09890f5bf:pn-0x201900a09890f5bf", "nn-201700a09890f5bf:pn-201900a09890f5bf",
        "NN-0X201700A09890F5BF:PN-0X201900A09890F5BF",
        "nn-0x201700a09890f5bf,pn-0x201900a09890f5bf",
        "nn-201700A09890F5BF:pn-0x201900a09890f5bf"}) {
    CAPTURE(text);
    auto const address = FcAddress::parse(text);
    REQUIRE(address);
    CHECK(address->to_string() == canonical);
  }
  for (const char* text :
       {"", "nn-0x201700a09890f5bf", "nn-0x201700a09890f5b:pn-0x201900a09890f5bf",
        "nn-0x201700a09890f5bf0:pn-0x201900a09890f5bf",
        "pn-0x201700a09890f5bf:nn-0x201900a09890f5bf",
        "nn-0x201700a09890f5bg:pn-0x201900a09890f5bf", "nn-0x2017*:pn-0x201900a09890f5bf",
        "nn-0x201700a09890f5bf:pn-0x201900a09890f5bf ", "20:17:00:a0:98:90:f5:bf"}) {
    CAPTURE(text);
    CHECK_FALSE(FcAddress::parse(text));
  }
}

TEST_CASE("fc patterns end names in one star") {
  FcAddress const address{0x201700a09890f5bf, 0x201900a09890f5bf};
  struct {
    const char* pattern;
    const char* canonical; // null: no pattern
    bool matches;
  } const rows[] = {
      {"nn-*:pn-*", "nn-*:pn-*", true},
      {"nn-0x2017*:pn-*", "nn-0x2017*:pn-*", true},
      {"NN-2017*:PN-2019*", "nn-0x2017*:pn-0x2019*", true},
      {"nn-0x2017*:pn-0x2018*", "nn-0x2017*:pn-0x2018*", false},
      {"nn-0x201700a09890f5bf:pn-0x*", "nn-0x201700a09890f5bf:pn-*", true},
      {"nn-0x201700a09890f5be:pn-*", "nn-0x201700a09890f5be:pn-*", false},
      {"nn-0x201700a09890f5bf*:pn-*", nullptr, false},
      {"nn-*17:pn-*", nullptr, false},
      {"nn-**:pn-*", nullptr, false},
      {"nn-0x2017:pn-*", nullptr, false},
      {"*", nullptr, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pattern);
    auto const pattern = FcPattern::parse(row.pattern);
    REQUIRE(pattern.has_value() == (row.canonical != nullptr));
    if (!pattern)
      continue;
    CHECK(pattern->to_string() == row.canonical);
    CHECK(pattern->matches(address) == row.matches);
  }
}
