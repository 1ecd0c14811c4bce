#include "policy/key_reference.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace nvmf::policy;

namespace {

const Key* key_at(const std::string& path) {
  auto const places = all_key_places();
  auto const found = std::find_if(places.begin(), places.end(),
                                  [&](const KeyPlace& place) { return place.path == path; });
  return found == places.end() ? nullptr : found->key;
}

std::string facts_of(const std::string& path) {
  const Key* key = key_at(path);
  REQUIRE(key);
  std::string text;
  for (const KeyReference::Fact& fact : reference_of(*key).facts)
    if (fact.word != "Value")
      text += std::string(fact.word) + ": " + fact.text + "; ";
  return text;
}

} // namespace

TEST_CASE("every key has its places, and one below several maps has one row") {
  CHECK(key_at("rules.connect.ctrl-loss-tmo") == find_key(Section::connect, "ctrl-loss-tmo"));
  CHECK(key_at("defaults.connect.ctrl-loss-tmo") == find_key(Section::connect, "ctrl-loss-tmo"));
  CHECK(key_at("rules.match.traddr") == find_key(Section::match, "traddr"));
  CHECK(key_at("rules.match.not.traddr") == nullptr);
  CHECK(key_at("ctrl-loss-tmo") == nullptr);
}

TEST_CASE("a key's facts are those that it has") {
  CHECK(facts_of("rules.connect.hdr-digest").find("Transports: tcp; ") != std::string::npos);
  CHECK(facts_of("rules.name").empty());
  CHECK(facts_of("limits.log-entries").find("Without it: `4096`; ") != std::string::npos);
}
