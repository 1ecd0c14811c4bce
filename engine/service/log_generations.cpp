#include "service/log_generations.hpp"

#include "fabrics/discovery_log.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <system_error>
#include <thread>

namespace nvmf::service {

namespace {

// As many as there are controllers that may be unresponsive on a bad day; each waits in the kernel.
constexpr std::size_t most_readers = 128;

std::optional<std::uint64_t> generation_of(fabrics::FabricsPort& port, const std::string& device) {
  const auto opened = port.open(device);
  if (!opened)
    return std::nullopt;
  const auto generation = fabrics::read_generation(**opened);
  return generation ? std::optional(*generation) : std::nullopt;
}

} // namespace

std::map<std::string, std::uint64_t> read_generations(fabrics::FabricsPort& port,
                                                      const std::vector<std::string>& devices) {
  std::vector<std::optional<std::uint64_t>> answers(devices.size());
  std::atomic<std::size_t> next = 0;
  const auto read = [&] {
    for (std::size_t at = next++; at < devices.size(); at = next++)
      answers[at] = generation_of(port, devices[at]);
  };
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min(devices.size(), most_readers))
        others.emplace_back(read);
    } catch (const std::system_error&) {
      // With fewer of them it takes longer.
    }
    read();
  }
  std::map<std::string, std::uint64_t> generations;
  for (std::size_t at = 0; at < devices.size(); ++at)
    if (answers[at])
      generations.emplace(devices[at], *answers[at]);
  return generations;
}

} // namespace nvmf::service
