// A firmware table: reading one ends, and what it says can be used. The checksum is set, or hardly
// an input would get past it.
#include "base/nqn.hpp"
#include "firmware/read_table.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>

using namespace nvmf;

namespace {

void check_table(const firmware::Table& table) {
  if (!table.host.nqn.empty() && !base::is_nqn(table.host.nqn))
    std::abort();
  for (const firmware::Subsystem& subsystem : table.subsystems)
    if (!base::is_nqn(subsystem.nqn) || !subsystem.traddr.is_unicast() || subsystem.trsvcid == 0)
      std::abort();
  for (const firmware::Discovery& discovery : table.discoveries)
    if (!base::is_nqn(discovery.nqn) || !discovery.traddr.is_unicast() || discovery.trsvcid == 0)
      std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t checksum = 9;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size > checksum) {
    bytes[checksum] = 0;
    auto const sum =
        std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned so_far, char byte) {
          return so_far + static_cast<unsigned char>(byte);
        });
    bytes[checksum] = static_cast<char>(0U - sum);
  }
  if (auto const table = firmware::read_table(bytes))
    check_table(*table);
  return 0;
}
