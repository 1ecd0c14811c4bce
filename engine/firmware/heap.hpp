// The table's heap, and the references into it: u32 offset from the table's start, u16 length. Text
// there is followed by a NUL that the length does not count.
#pragma once

#include "firmware/view.hpp"

#include <string>

namespace nvmf::firmware {

class Heap {
public:
  explicit Heap(View heap) : heap_(heap) {}

  // The bytes that the reference at `at` of `descriptor` names; nothing where it is absent (length
  // 0). Fails, naming the reference's own place, where it leaves the heap.
  Read<std::optional<View>> at(const View& descriptor, std::size_t at) const;
  // The same for text, without padding; empty where it is absent.
  Read<std::string> text(const View& descriptor, std::size_t at) const;
  // The same for an NQN as the kernel takes it.
  Read<std::string> nqn(const View& descriptor, std::size_t at) const;

private:
  View heap_;
};

} // namespace nvmf::firmware
