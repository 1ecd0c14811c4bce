#include "yaml/scalar.hpp"

#include <doctest/doctest.h>

using namespace nvmf::yaml;

TEST_CASE("unquoted scalars that YAML's parsers read alike have a type, the others are ambiguous") {
  struct Row {
    const char* text;
    ScalarType type;
  };
  using enum ScalarType;
  const Row rows[] = {
      {"", absent},           {"null", null},
      {"true", boolean},      {"false", boolean},
      {"0", integer},         {"17", integer},
      {"-1", integer},        {"1.5", decimal},
      {"0.25", decimal},      {"-1.5", decimal},
      {"yes", ambiguous},     {"No", ambiguous},
      {"ON", ambiguous},      {"off", ambiguous},
      {"y", ambiguous},       {"N", ambiguous},
      {"True", ambiguous},    {"FALSE", ambiguous},
      {"Null", ambiguous},    {"~", ambiguous},
      {"010", ambiguous},     {"-010", ambiguous},
      {"0x1F", ambiguous},    {"0o17", ambiguous},
      {"0b101", ambiguous},   {"1e3", ambiguous},
      {"1E-3", ambiguous},    {"1.5e+3", ambiguous},
      {"1_000", ambiguous},   {"+1", ambiguous},
      {".5", ambiguous},      {"5.", ambiguous},
      {"12:30", ambiguous},   {"1:2:3", ambiguous},
      {".inf", ambiguous},    {".NaN", ambiguous},
      {"tcp", text},          {"10s", text},
      {"20%", text},          {"10.20.1.10", text},
      {"10.0.0.0/8", text},   {"4420-4430", text},
      {"fd20::1", text},      {"::1", text},
      {"1::2", text},         {"v1.2", text},
      {"e5", text},           {"0xzz", text},
      {"yes-man", text},      {"nope", text},
      {"once", text},         {"2024-01-01", text},
      {"nn-0x20:pn-*", text}, {"3f2b8a54-11a9-4c7e-9a34-6c1a5f1f7a01", text},
      {"1.2.3", text},        {"-", text},
      {"infinity", text},     {"10.1.1", text},
  };
  for (const Row& row : rows) {
    INFO(std::string(row.text));
    CHECK(scalar_type({.text = row.text}) == row.type);
    CHECK(scalar_type({.quoted = true, .text = row.text}) == text);
  }
}
