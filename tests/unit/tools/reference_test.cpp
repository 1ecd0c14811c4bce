#include "tools/reference.hpp"

#include "policy/key_table.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf;
using namespace nvmf::policy;

TEST_CASE("the reference has every key below the title of its map") {
  std::string const reference = tools::reference_scdoc();
  struct Row {
    Section section;
    const char* title;
    const char* key;
    const char* begins;
  };
  for (const Row& row : {
           Row{Section::top, "THE TOP LEVEL", "version", "*version* (required)\n\tVersion of the"},
           Row{Section::match, "MATCH", "portid", "*portid*\n\t"},
           Row{Section::connect, "CONNECT OPTIONS", "nr-io-queues", "*nr-io-queues*\n\t"},
           Row{Section::set, "A SET", "host-iface", "*host-iface*\n\t"},
       }) {
    INFO(std::string(row.title));
    auto const begin = reference.find("## " + std::string(row.title) + "\n\n");
    REQUIRE(begin != std::string::npos);
    auto const end = reference.find("\n## ", begin);
    CHECK(reference.substr(begin, end - begin).find(row.begins) != std::string::npos);
  }
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = reference.find("\n\n*", at)) != std::string::npos; ++at)
    ++shown;
  std::size_t keys = 0;
  for (Section const section : all_sections())
    if (section != Section::negated_match && section != Section::transport_options)
      keys += keys_of(section).size();
  CHECK(shown == keys);
}
