#include "base/ini.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("parse_ini: lines, comments and duplicate sections") {
  auto const sections =
      parse_ini("a=1\r\n[S]\nKey = v # c\n#x=1\n;y=2\n[S] # again\nz =\n", IniReading::forgiving);
  REQUIRE(sections.size() == 3);
  CHECK(sections[0].lines[0].value == "1");
  CHECK(sections[1].name == "S");
  REQUIRE(sections[1].lines.size() == 1);
  CHECK(sections[1].lines[0].key == "key");
  CHECK(sections[1].lines[0].value == "v");
  CHECK(sections[1].lines[0].line == 3);
  CHECK(sections[2].name == "S");
  CHECK(sections[2].lines[0].value.empty());
}

TEST_CASE("parse_ini: as written, only a whole line is a comment") {
  auto const sections = parse_ini("[S]\nKey = v # c\n# x = 1\n", IniReading::as_written);
  REQUIRE(sections.size() == 2);
  REQUIRE(sections[1].lines.size() == 1);
  CHECK(sections[1].lines[0].key == "Key");
  CHECK(sections[1].lines[0].value == "v # c");
}

TEST_CASE("parse_pairs: keys and values between semicolons") {
  auto const pairs =
      parse_pairs(" Transport=tcp;;traddr = 10.0.0.1 ;nothing", 7, IniReading::forgiving);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].key == "transport");
  CHECK(pairs[0].value == "tcp");
  CHECK(pairs[1].value == "10.0.0.1");
  CHECK(pairs[2].key == "nothing");
  CHECK(pairs[2].value.empty());
  CHECK(pairs[2].line == 7);
  CHECK(parse_pairs("A=b", 1, IniReading::as_written)[0].key == "A");
}
