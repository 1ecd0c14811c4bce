#include "firmware/read_table.hpp"

#include "firmware/descriptors.hpp"

#include <fmt/format.h>
#include <numeric>

namespace nvmf::firmware {

namespace {

constexpr std::size_t header_size = 64;
constexpr std::size_t control_size = 64;
constexpr std::size_t host_size = 32;
constexpr std::uint8_t control_id = 1;

// A list as the control descriptor names it, and what its descriptors are.
struct List {
  std::string_view name;
  std::size_t place = 0; // in the control descriptor
  std::size_t size = 0;  // of a descriptor, at least
  std::uint8_t id = 0;
};
constexpr List hfi_list{"HFI", 16, hfi_size, hfi_id};
constexpr List subsystem_list{"subsystem", 24, subsystem_size, subsystem_id};
constexpr List security_list{"security", 32, security_size, security_id};
constexpr List discovery_list{"discovery", 40, discovery_size, discovery_id};

// As long as its header says, and whole.
Read<View> check_header(std::string_view bytes) {
  View const given(bytes);
  if (bytes.size() < header_size + control_size)
    return problem_at(
        0, fmt::format("{} bytes are less than header and control descriptor", bytes.size()));
  if (!bytes.starts_with("NBFT"))
    return problem_at(0, "the signature is not NBFT");
  std::uint32_t const length = given.u32(4);
  auto const table = given.part(0, length);
  if (!table || length < header_size + control_size)
    return problem_at(4, fmt::format("the length is {}, of {} bytes", length, bytes.size()));
  if (table->u8(8) != 1)
    return problem_at(8, fmt::format("revision {} is not known", table->u8(8)));
  auto const sum = std::accumulate(
      table->text().begin(), table->text().end(), 0U,
      [](unsigned so_far, char byte) { return so_far + static_cast<unsigned char>(byte); });
  if ((sum & 0xffU) != 0)
    return problem_at(9, "the checksum is wrong");
  return *table;
}

Read<Heap> find_heap(const View& table) {
  constexpr std::size_t place = 36;
  auto const heap = table.part(table.u32(place), table.u32(place + 4));
  if (!heap)
    return problem_at(place, fmt::format("the heap, {} bytes at {}, leaves the table",
                                         table.u32(place + 4), table.u32(place)));
  return Heap(*heap);
}

class TableReader {
public:
  TableReader(const View& table, const Heap& heap)
      : table_(table), heap_(heap), control_(*table.part(header_size, control_size)) {}

  Read<Table> read();

private:
  Read<void> read_host_descriptor();
  template <class T>
  using ReadOne = Read<T> (*)(const View&, const Heap&);
  template <class T>
  Read<void> read_list(const List& list, ReadOne<T> read_one, std::vector<T>& into);
  template <class T>
  void read_descriptor(const View& descriptor, const List& list, ReadOne<T> read_one,
                       std::vector<T>& into);

  // Notes parts that are missing of one that can be used.
  void look_closer(Hfi& /*hfi*/, const View& /*descriptor*/) {}
  void look_closer(Security& /*security*/, const View& /*descriptor*/) {}
  void look_closer(Discovery& discovery, const View& descriptor);
  void look_closer(Subsystem& subsystem, const View& descriptor);
  void expect_hfi(std::uint8_t index, std::uint32_t offset);

  View table_;
  Heap heap_;
  View control_;
  Table read_;
};

void TableReader::expect_hfi(std::uint8_t index, std::uint32_t offset) {
  if (index != 0 && !read_.hfi(index))
    read_.problems.push_back({offset, fmt::format("HFI {} is missing", index)});
}

void TableReader::look_closer(Discovery& discovery, const View& descriptor) {
  expect_hfi(discovery.hfi, descriptor.offset());
}

void TableReader::look_closer(Subsystem& subsystem, const View& descriptor) {
  for (std::uint8_t const index : subsystem.hfis)
    expect_hfi(index, descriptor.offset());
  if (auto extended = read_extended(descriptor, heap_)) {
    subsystem.controller_id = extended->controller_id;
    subsystem.asqsz = extended->asqsz;
    subsystem.dhcp_root_path = std::move(extended->dhcp_root_path);
    subsystem.unavailable_reason = extended->unavailable_reason;
  } else {
    read_.problems.push_back(std::move(extended.error()));
  }
}

template <class T>
void TableReader::read_descriptor(const View& descriptor, const List& list, ReadOne<T> read_one,
                                  std::vector<T>& into) {
  if (descriptor.u8(0) != list.id) {
    if (descriptor.u8(0) != 0) // an unused place
      read_.problems.push_back(wrong_id(descriptor, list.id));
    return;
  }
  if (!is_valid(descriptor))
    return;
  auto one = read_one(descriptor, heap_);
  if (!one)
    return read_.problems.push_back(std::move(one.error()));
  look_closer(*one, descriptor);
  into.push_back(std::move(*one));
}

template <class T>
Read<void> TableReader::read_list(const List& list, ReadOne<T> read_one, std::vector<T>& into) {
  std::uint32_t const offset = control_.u32(list.place);
  std::uint16_t const size = control_.u16(list.place + 4);
  std::uint8_t const number = control_.u8(list.place + 7);
  if (number == 0)
    return {};
  if (size < list.size)
    return problem_at(
        control_.offset() + list.place + 4,
        fmt::format("a {} descriptor has {} bytes, not {}", list.name, size, list.size));
  for (std::uint64_t i = 0; i < number; ++i) {
    auto const descriptor = table_.part(offset + i * size, size);
    if (!descriptor)
      return problem_at(
          control_.offset() + list.place,
          fmt::format("{} descriptor {} of {} leaves the table", list.name, i + 1, number));
    read_descriptor(*descriptor, list, read_one, into);
  }
  return {};
}

// The reference has the form of one into the heap, but the descriptor lies before the heap.
Read<void> TableReader::read_host_descriptor() {
  constexpr std::size_t place = 8;
  auto const host = table_.part(control_.u32(place), control_.u16(place + 4));
  if (!host || host->size() < host_size)
    return problem_at(control_.offset() + place,
                      fmt::format("the host descriptor, {} bytes at {}, is cut or leaves the table",
                                  control_.u16(place + 4), control_.u32(place)));
  auto read = read_host(*host, heap_);
  if (!read)
    return tl::unexpected(read.error());
  read_.host = std::move(*read);
  return {};
}

Read<Table> TableReader::read() {
  if ((control_.u8(6) & 1U) == 0)
    return std::move(read_);
  if (control_.u8(0) != control_id)
    return tl::unexpected(wrong_id(control_, control_id));
  // HFIs first: the others refer to them.
  for (const Read<void>& done : {read_host_descriptor(), read_list(hfi_list, read_hfi, read_.hfis),
                                 read_list(security_list, read_security, read_.securities),
                                 read_list(discovery_list, read_discovery, read_.discoveries),
                                 read_list(subsystem_list, read_subsystem, read_.subsystems)})
    if (!done)
      return tl::unexpected(done.error());
  return std::move(read_);
}

} // namespace

base::Result<Table> read_table(std::string_view bytes) {
  auto const table = check_header(bytes);
  if (!table)
    return base::failure(to_string(table.error()));
  auto const heap = find_heap(*table);
  if (!heap)
    return base::failure(to_string(heap.error()));
  auto read = TableReader(*table, *heap).read();
  if (!read)
    return base::failure(to_string(read.error()));
  return std::move(*read);
}

} // namespace nvmf::firmware
