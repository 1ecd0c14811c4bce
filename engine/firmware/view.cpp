#include "firmware/view.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace nvmf::firmware {

std::optional<View> View::part(std::uint64_t offset, std::uint64_t length) const {
  if (offset > bytes_.size() || length > bytes_.size() - offset)
    return std::nullopt;
  return View(bytes_.substr(offset, length), offset_ + static_cast<std::uint32_t>(offset));
}

std::uint8_t View::u8(std::size_t at) const {
  assert(at < bytes_.size());
  return static_cast<std::uint8_t>(bytes_[at]);
}

std::uint16_t View::u16(std::size_t at) const {
  return static_cast<std::uint16_t>(u8(at) | u8(at + 1) << 8U);
}

std::uint32_t View::u32(std::size_t at) const {
  return u16(at) | std::uint32_t{u16(at + 2)} << 16U;
}

std::array<std::uint8_t, 16> View::bytes16(std::size_t at) const {
  std::array<std::uint8_t, 16> bytes{};
  assert(at + bytes.size() <= bytes_.size());
  std::memcpy(bytes.data(), bytes_.data() + at, bytes.size());
  return bytes;
}

std::optional<base::IpAddress> View::address(std::size_t at) const {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  auto const bytes = bytes16(at);
  if (bytes == std::array<std::uint8_t, 16>{})
    return std::nullopt;
  base::IpAddress address{.family = base::IpFamily::v6, .bytes = bytes};
  if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
    address = {};
    std::copy(bytes.begin() + mapped.size(), bytes.end(), address.bytes.begin());
  }
  return address.is_unspecified() ? std::nullopt : std::optional(address);
}

} // namespace nvmf::firmware
