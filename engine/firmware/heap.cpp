#include "firmware/heap.hpp"

#include "base/nqn.hpp"
#include "base/wire_text.hpp"

#include <fmt/format.h>

namespace nvmf::firmware {

Read<std::optional<View>> Heap::at(const View& descriptor, std::size_t at) const {
  std::uint32_t const offset = descriptor.u32(at);
  std::uint16_t const length = descriptor.u16(at + 4);
  if (length == 0)
    return std::nullopt;
  std::optional<View> part;
  if (offset >= heap_.offset())
    part = heap_.part(offset - heap_.offset(), length);
  if (!part)
    return problem_at(descriptor.offset() + at,
                      fmt::format("{} bytes at {} are not inside the heap", length, offset));
  return part;
}

Read<std::string> Heap::text(const View& descriptor, std::size_t at) const {
  auto const found = this->at(descriptor, at);
  if (!found)
    return tl::unexpected(found.error());
  return *found ? std::string(base::without_padding((*found)->text())) : std::string();
}

Read<std::string> Heap::nqn(const View& descriptor, std::size_t at) const {
  auto text = this->text(descriptor, at);
  if (!text || text->empty())
    return text;
  if (auto const problem = base::nqn_problem(*text))
    return problem_at(descriptor.offset() + at, fmt::format("the NQN {}", *problem));
  return text;
}

} // namespace nvmf::firmware
