// A stretch of the table's bytes with little-endian numbers at fixed places.
#pragma once

#include "firmware/table.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

namespace nvmf::firmware {

template <class T>
using Read = tl::expected<T, Problem>;

inline tl::unexpected<Problem> problem_at(std::uint64_t offset, std::string reason) {
  return tl::unexpected(Problem{static_cast<std::uint32_t>(offset), std::move(reason)});
}

// Its length was checked when it was cut out: a place beyond it is an error of ours.
class View {
public:
  // The whole table.
  explicit View(std::string_view bytes) : bytes_(bytes) {}

  // `length` bytes from `offset`, if they lie inside.
  std::optional<View> part(std::uint64_t offset, std::uint64_t length) const;

  std::uint8_t u8(std::size_t at) const;
  std::uint16_t u16(std::size_t at) const;
  std::uint32_t u32(std::size_t at) const;
  std::array<std::uint8_t, 16> bytes16(std::size_t at) const;
  // 16 bytes, IPv4 as a mapped address; nothing where all are zero.
  std::optional<base::IpAddress> address(std::size_t at) const;

  // Of its first byte, from the table's start.
  std::uint32_t offset() const { return offset_; }
  std::size_t size() const { return bytes_.size(); }
  std::string_view text() const { return bytes_; }

private:
  View(std::string_view bytes, std::uint32_t offset) : bytes_(bytes), offset_(offset) {}

  std::string_view bytes_;
  std::uint32_t offset_ = 0;
};

} // namespace nvmf::firmware
