#include "base/controller_type.hpp"
#include "base/credential_name.hpp"
#include "base/interface_name.hpp"
#include "base/nqn.hpp"

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

TEST_CASE("which controllers are discovery controllers") {
  const char* const unique = "nqn.2014-08.com.example:discovery";
  struct {
    const char* cntrltype;
    std::string_view nqn;
    bool is_one;
  } const rows[] = {
      {"discovery", well_known_discovery_nqn, true},
      {"discovery", unique, true},
      {"io", unique, false},
      {"admin", unique, false},
      // Kernels before 5.18.
      {"", well_known_discovery_nqn, true},
      {"", unique, false},
      {"", "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.cntrltype);
    CAPTURE(row.nqn);
    CHECK(is_discovery_controller(parse_controller_type(row.cntrltype), row.nqn) == row.is_one);
  }
}
