#include "fabrics/dhchap_key.hpp"

#include <doctest/doctest.h>
#include <string>

using nvmf::fabrics::is_dhchap_key;

TEST_CASE("only what has the form of a key reaches the kernel") {
  std::string const body32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR";
  struct Row {
    const char* name;
    std::string text;
    bool expected;
  };
  const Row rows[] = {
      {"32 bytes", "DHHC-1:00:" + body32 + ":", true},
      {"48 bytes",
       "DHHC-1:02:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vcSEgBQ==:", true},
      {"64 bytes",
       "DHHC-1:03:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7"
       "PD0+P4zODhA=:",
       true},
      {"a passphrase", "correct horse battery staple", false},
      {"the key alone", body32, false},
      {"nothing", "", false},
      {"the beginning", "DHHC-1:", false},
      {"another version", "DHHC-2:00:" + body32 + ":", false},
      {"an unknown hash", "DHHC-1:04:" + body32 + ":", false},
      {"no end", "DHHC-1:00:" + body32, false},
      {"too short", "DHHC-1:00:AAECAw==:", false},
      {"no base64", "DHHC-1:00:" + std::string(48, '_') + ":", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(is_dhchap_key(row.text) == row.expected);
  }
}
