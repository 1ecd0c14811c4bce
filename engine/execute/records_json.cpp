#include "execute/records_json.hpp"

#include <nlohmann/json.hpp>

namespace nvmf::execute {

using Json = nlohmann::ordered_json;

Json records_to_json(const std::vector<event::LogEntry>& entries) {
  Json records = Json::array();
  for (const event::LogEntry& entry : entries)
    records.push_back(Json::array({entry.trtype, entry.adrfam, static_cast<int>(entry.subtype),
                                   static_cast<int>(entry.secure_channel), entry.may_disable_sqflow,
                                   entry.portid, entry.cntlid, entry.asqsz, entry.eflags,
                                   entry.trsvcid, entry.subnqn, entry.traddr, entry.sectype}));
  return records;
}

std::vector<event::LogEntry> records_from_json(const Json& json) {
  std::vector<event::LogEntry> entries;
  for (const Json& record : json)
    entries.push_back(
        {.trtype = record.at(0).get<std::uint8_t>(),
         .adrfam = record.at(1).get<std::uint8_t>(),
         .subtype = static_cast<event::EntrySubtype>(record.at(2).get<int>() & 3),
         .secure_channel = static_cast<base::SecureChannel>(record.at(3).get<int>() % 3),
         .may_disable_sqflow = record.at(4).get<bool>(),
         .portid = record.at(5).get<std::uint16_t>(),
         .cntlid = record.at(6).get<std::uint16_t>(),
         .asqsz = record.at(7).get<std::uint16_t>(),
         .eflags = record.at(8).get<std::uint16_t>(),
         .trsvcid = record.at(9).get<std::string>(),
         .subnqn = record.at(10).get<std::string>(),
         .traddr = record.at(11).get<std::string>(),
         .sectype = record.at(12).get<std::uint8_t>()});
  return entries;
}

} // namespace nvmf::execute
