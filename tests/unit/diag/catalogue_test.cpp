#include "diag/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace nvmf::diag;

TEST_CASE("the catalogue is in order, and every page is written") {
  std::uint16_t last = 100;
  std::set<std::string_view> slugs;
  for (const CatalogueEntry& entry : catalogue()) {
    INFO(code_name(entry.code));
    CHECK(entry.code > last);
    last = entry.code;
    CHECK(slugs.insert(entry.slug).second);
    CHECK(std::all_of(entry.slug.begin(), entry.slug.end(), [](unsigned char c) {
      return std::islower(c) || std::isdigit(c) || c == '-';
    }));
    CHECK_FALSE(entry.title.empty());
    CHECK_FALSE(entry.title.ends_with('.'));
    CHECK(entry.why.ends_with('.'));
    bool const never_raised = entry.code == 213;
    CHECK(entry.bad.empty() == never_raised);
    CHECK(entry.good.empty() == never_raised);
    CHECK((entry.bad != entry.good || never_raised));
  }
  CHECK(catalogue().size() >= 80);
}

TEST_CASE("codes are parsed in every form that people write") {
  struct Row {
    const char* text;
    std::optional<std::uint16_t> code;
  };
  for (const Row& row :
       {Row{"NVP203", 203}, Row{"nvp203", 203}, Row{"203", 203}, Row{"unknown-key", 203},
        Row{"NVP999", std::nullopt}, Row{"NVP2030", std::nullopt}, Row{"", std::nullopt},
        Row{"NVP", std::nullopt}, Row{"20x", std::nullopt}, Row{"2033", std::nullopt},
        Row{"Unknown-Key", std::nullopt}}) {
    INFO(std::string(row.text));
    CHECK(parse_code(row.text) == row.code);
  }
  CHECK(code_name(203) == "NVP203");
  CHECK(find_entry(203)->slug == "unknown-key");
  CHECK(find_entry(406) == nullptr);
  CHECK(find_entry(0) == nullptr);
  CHECK(find_entry(60000) == nullptr);
}
