// The type of an unquoted scalar. YAML's versions and parsers disagree about many spellings; those
// are `ambiguous` here and refused, so that a policy means the same to everybody who reads it.
#pragma once

#include "yaml/tree.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace nvmf::yaml {

enum class ScalarType : std::uint8_t {
  absent,    // nothing written
  null,      // `null`
  boolean,   // `true`, `false`
  integer,   // `0`, `17`, `-1`
  decimal,   // `1.5`
  ambiguous, // `yes`, `on`, `True`, `~`, `010`, `0x10`, `1e3`, `1_000`, `+1`, `12:30`, `.inf`
  text,
};

// Of a scalar node; quoted is always `text`.
ScalarType scalar_type(const Node& scalar);
// A scalar of that type.
inline bool is_type(const Node& node, ScalarType type) {
  return node.is_scalar() && scalar_type(node) == type;
}

// The value of an `integer`; none if it does not fit.
std::optional<std::int64_t> to_integer(std::string_view text);

} // namespace nvmf::yaml
