#include "base/credential_name.hpp"
#include "base/interface_name.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace nvmf::base;

TEST_CASE("names of interfaces") {
  struct {
    std::string text;
    bool is_one;
  } const rows[] = {
      {"eth0", true},
      {"enp1s0f0np0.100", true},
      {"br-lan_2", true},
      {"a%b", true},
      {"", false},
      {".", false},
      {"..", false},
      {"a/b", false},
      {"eth0:1", false},
      {"a b", false},
      {"a,b", false},
      {"a\nb", false},
      {"\xc3\xa9", false},
      {"sixteen-chars-16", false},
      {"fifteen-char-15", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(is_interface_name(row.text) == row.is_one);
  }
}

TEST_CASE("names of credentials") {
  struct {
    std::string text;
    bool is_one;
  } const rows[] = {
      {"nvmf-dhchap", true},
      {"a.b", true},
      {"", false},
      {".", false},
      {"..", false},
      {".hidden", false},
      {"../etc/key", false},
      {"a/b", false},
      {std::string(255, 'a'), true},
      {std::string(256, 'a'), false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(is_credential_name(row.text) == row.is_one);
  }
}
