// Writes a firmware table: make_nbft FILE THING...
//
//   sample                          the table of the unit tests
//   host,nqn=NQN,id=UUID
//   hfi=N,mac=M,vlan=V,address=A,prefix=P,gateway=A,dhcp
//   discovery=N,hfi=N,uri=URI,nqn=NQN
//   security=N
//   subsystem=N,nqn=NQN,traddr=A,trsvcid=S,hfis=N+N,discovery=N,security=N,unavailable,hdr-digest
//   damage=OFFSET,value=BYTE        another byte there, with a checksum that agrees
#include "firmware/sample_table.hpp"
#include "firmware/table_builder.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace nvmf;

namespace {

using Fields = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(part);
  return parts;
}

Fields fields_of(const std::string& thing) {
  Fields fields;
  for (const std::string& part : split(thing, ',')) {
    auto const equals = part.find('=');
    fields[part.substr(0, equals)] = equals == std::string::npos ? "" : part.substr(equals + 1);
  }
  return fields;
}

template <class T>
T number(const Fields& fields, const std::string& name, T without = 0) {
  return fields.contains(name) ? static_cast<T>(std::stoul(fields.at(name), nullptr, 0)) : without;
}

std::string text(const Fields& fields, const std::string& name) {
  return fields.contains(name) ? fields.at(name) : std::string();
}

std::optional<base::IpAddress> address(const Fields& fields, const std::string& name) {
  return fields.contains(name) ? std::optional(test::ip_of(fields.at(name))) : std::nullopt;
}

firmware::Hfi hfi_of(const Fields& fields) {
  firmware::Hfi hfi{.index = number<std::uint8_t>(fields, "hfi"),
                    .vlan = number<std::uint16_t>(fields, "vlan"),
                    .address = address(fields, "address"),
                    .prefix_length = number<std::uint8_t>(fields, "prefix", 24),
                    .gateway = address(fields, "gateway"),
                    .from_dhcp = fields.contains("dhcp")};
  auto const bytes = split(text(fields, "mac"), ':');
  for (std::size_t i = 0; i < bytes.size() && i < hfi.mac.size(); ++i)
    hfi.mac[i] = static_cast<std::uint8_t>(std::stoul(bytes[i], nullptr, 16));
  return hfi;
}

firmware::Subsystem subsystem_of(const Fields& fields) {
  firmware::Subsystem subsystem{.index = number<std::uint16_t>(fields, "subsystem"),
                                .traddr = *address(fields, "traddr"),
                                .trsvcid = number<std::uint16_t>(fields, "trsvcid", 4420),
                                .nsid = 1,
                                .nqn = text(fields, "nqn"),
                                .discovery = number<std::uint8_t>(fields, "discovery"),
                                .security = number<std::uint8_t>(fields, "security"),
                                .header_digest = fields.contains("hdr-digest")};
  for (const std::string& hfi : split(text(fields, "hfis"), '+'))
    subsystem.hfis.push_back(static_cast<std::uint8_t>(std::stoul(hfi)));
  if (fields.contains("unavailable"))
    subsystem.availability = firmware::Availability::unavailable;
  return subsystem;
}

void add(firmware::Table& table, const Fields& fields) {
  if (fields.contains("sample"))
    table = test::sample_table();
  else if (fields.contains("host"))
    table.host = {.nqn = text(fields, "nqn"), .id = text(fields, "id")};
  else if (fields.contains("subsystem"))
    table.subsystems.push_back(subsystem_of(fields));
  else if (fields.contains("uri"))
    table.discoveries.push_back({.index = number<std::uint8_t>(fields, "discovery"),
                                 .hfi = number<std::uint8_t>(fields, "hfi"),
                                 .uri = text(fields, "uri"),
                                 .nqn = fields.contains("nqn")
                                            ? fields.at("nqn")
                                            : std::string(base::well_known_discovery_nqn)});
  else if (fields.contains("mac"))
    table.hfis.push_back(hfi_of(fields));
  else if (fields.contains("security"))
    table.securities.push_back({.index = number<std::uint8_t>(fields, "security"),
                                .secure_channel = firmware::Requirement::required});
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: make_nbft FILE THING...\n");
    return EXIT_FAILURE;
  }
  firmware::Table table;
  std::vector<Fields> things;
  for (int i = 2; i < argc; ++i)
    things.push_back(fields_of(argv[i]));
  for (const Fields& fields : things)
    if (!fields.contains("damage"))
      add(table, fields);
  test::TableBytes built = test::build_table(table);
  for (const Fields& fields : things)
    if (fields.contains("damage"))
      built.put(number<std::size_t>(fields, "damage"), number<std::uint64_t>(fields, "value"), 1);
  built.set_checksum();
  std::ofstream(argv[1], std::ios::binary) << built.bytes;
  return EXIT_SUCCESS;
}
