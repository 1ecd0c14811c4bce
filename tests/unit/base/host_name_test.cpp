#include "base/host_name.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;

TEST_CASE("host names of targets") {
  std::string const longest_label(63, 'a');
  struct {
    std::string text;
    bool is_name;
    const char* help;
  } const rows[] = {
      {"array-a", true, ""},
      {"array-a.storage.example.com", true, ""},
      {"3par.example", true, ""},
      {"Array.Example", true, ""},
      {longest_label + ".example", true, ""},
      {longest_label + "a.example", false,
       "the labels of a host name are letters, digits and inner hyphens"},
      {"10.20.1", false, ""},
      {"10.0.0.256", false, ""},
      {"array.1", false, "the last label of a host name begins with a letter"},
      {"array.1st", false, "the last label of a host name begins with a letter"},
      {"array_a.example", false, "the labels of a host name are letters, digits and inner hyphens"},
      {"-array.example", false, "the labels of a host name are letters, digits and inner hyphens"},
      {"array-.example", false, "the labels of a host name are letters, digits and inner hyphens"},
      {"array..example", false, "the labels of a host name are letters, digits and inner hyphens"},
      {"array.example.", false, "write the name without the dot at its end"},
      {"array.example:8009", false, ""},
      {"fd00::1", false, ""},
      {"", false, ""},
      {"\xc3\xa4rray.example", false,
       "the labels of a host name are letters, digits and inner hyphens"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(is_host_name(row.text) == row.is_name);
    if (!row.is_name)
      CHECK(host_name_help(row.text) == row.help);
  }
  std::string name = "a";
  while (name.size() < 253)
    name += name.size() % 2 == 0 ? "a" : ".";
  CHECK(is_host_name(name));
  CHECK_FALSE(is_host_name(name + "a.a"));
}
