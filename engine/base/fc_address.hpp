// Fibre Channel addresses: a node name and a port name, 64 bits each (FC-NVMe; the kernel's
// `nn-0x<16 hex>:pn-0x<16 hex>` of drivers/nvme/host/fc.c).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nvmf::base {

struct FcAddress {
  std::uint64_t node = 0;
  std::uint64_t port = 0;

  // `nn-…:pn-…`, each name 16 hex digits; `0x` optional, upper or lower case, and `,` for `:` as
  // some discovery controllers write it.
  static std::optional<FcAddress> parse(std::string_view text);
  // `nn-0x<16 lower hex>:pn-0x<16 lower hex>`.
  std::string to_string() const;
  auto operator<=>(const FcAddress&) const = default;
};

// One name of a pattern: the leading `digits` hex digits are fixed, the others free (16: all
// fixed).
struct FcNamePattern {
  std::uint64_t value = 0; // the fixed digits, at the top; the rest 0
  unsigned digits = 16;

  bool matches(std::uint64_t name) const;
  bool operator==(const FcNamePattern&) const = default;
};

// `nn-…:pn-…` where each name may end in one `*`.
struct FcPattern {
  FcNamePattern node;
  FcNamePattern port;

  static std::optional<FcPattern> parse(std::string_view text);
  bool matches(const FcAddress& address) const;
  // Canonical: lower case with `0x`, `*` where digits are free.
  std::string to_string() const;
  bool operator==(const FcPattern&) const = default;
};

} // namespace nvmf::base
