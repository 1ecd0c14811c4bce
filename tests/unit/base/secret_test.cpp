#include "base/secret.hpp"

#include <doctest/doctest.h>
#include <type_traits>

using namespace nvmf::base;

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);

TEST_CASE("a secret that was moved or wiped leaves nothing behind") {
  Secret first(std::string("DHHC-1:00:long enough to live on the heap, not in the object:"));
  Secret second(std::move(first));
  CHECK(second.reveal().starts_with("DHHC-1:"));
  CHECK(first.reveal().empty());
  Secret third(std::string("x"));
  third = std::move(second);
  CHECK(third.reveal().starts_with("DHHC-1:"));
  CHECK(second.reveal().empty());
}

TEST_CASE("wiping overwrites the memory before it is given back") {
  std::string text = "a text that is too long for the small buffer of a string";
  const char* const memory = text.data();
  std::size_t const length = text.size();
  wipe(text);
  CHECK(text.empty());
  for (std::size_t i = 0; i < length; ++i)
    CHECK(memory[i] == '\0');
}
