#include "base/wire_text.hpp"

#include <doctest/doctest.h>

using namespace nvmf::base;
using namespace std::string_view_literals;

TEST_CASE("option text is printable ASCII without blank and comma") {
  CHECK(is_option_text("nqn.2014-08.com.example:vol_1/%~"));
  CHECK(is_option_text(""));
  for (std::string_view text :
       {"a,b"sv, "a b"sv, "a\tb"sv, "a\nb"sv, "a\0b"sv, "a\x7f"sv, "\xe4"sv}) {
    CAPTURE(escaped(text));
    CHECK_FALSE(is_option_text(text));
  }
}

TEST_CASE("escaped text can be shown and is unambiguous") {
  CHECK(escaped("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(escaped("back\\slash") == "back\\x5cslash");
  CHECK(escaped("\xc3\xa4"sv) == "\\xc3\\xa4");
  CHECK(escaped("a\0b"sv) == "a\\x00b");
}

TEST_CASE("padding is blanks and NULs, on both sides") {
  CHECK(without_padding("4420    "sv) == "4420");
  CHECK(without_padding("4420\0\0\0"sv) == "4420");
  CHECK(without_padding("  4420 \0 \0"sv) == "4420");
  CHECK(without_padding("    "sv).empty());
  CHECK(without_padding("\0\0"sv).empty());
  CHECK(without_padding("a b"sv) == "a b");
}

TEST_CASE("text behind a NUL is not hidden") {
  CHECK(without_padding("4420\0,nqn=evil\0"sv) == "4420\0,nqn=evil"sv);
  CHECK(without_padding("\0abc"sv) == "\0abc"sv);
}
