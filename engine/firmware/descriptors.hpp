// The descriptors of the table's lists. Each function reads one whose valid bit is set; it fails
// with the place of what cannot be used, and the descriptor is then passed over.
#pragma once

#include "firmware/heap.hpp"

namespace nvmf::firmware {

// Sizes and structure ids of the Boot Specification.
inline constexpr std::size_t hfi_size = 32;
inline constexpr std::size_t subsystem_size = 128;
inline constexpr std::size_t security_size = 64;
inline constexpr std::size_t discovery_size = 32;
inline constexpr std::uint8_t hfi_id = 3;
inline constexpr std::uint8_t subsystem_id = 4;
inline constexpr std::uint8_t security_id = 5;
inline constexpr std::uint8_t discovery_id = 6;

Problem wrong_id(const View& part, std::uint8_t expected);

// Whether the descriptor's valid bit is set; its place depends on the kind.
bool is_valid(const View& descriptor);

Read<Host> read_host(const View& host, const Heap& heap);
Read<Hfi> read_hfi(const View& hfi, const Heap& heap);
Read<Security> read_security(const View& security, const Heap& heap);
Read<Discovery> read_discovery(const View& discovery, const Heap& heap);
// Without what its extended information says.
Read<Subsystem> read_subsystem(const View& subsystem, const Heap& heap);

struct SubsystemExtended {
  std::uint16_t controller_id = 0;
  std::uint16_t asqsz = 0;
  std::string dhcp_root_path;
  std::uint8_t unavailable_reason = 0;
};
// The extended information of a subsystem's descriptor; all zero where it has none.
Read<SubsystemExtended> read_extended(const View& subsystem, const Heap& heap);

} // namespace nvmf::firmware
