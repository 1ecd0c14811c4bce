#include "execute/records_json.hpp"

#include "execute/json_fields.hpp"

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

namespace {

base::Result<event::LogEntry> record_from(const Json& json) {
  JsonFields fields(json);
  event::LogEntry entry;
  std::size_t at = 0;
  const auto next = [&]<class T>(T& member) { member = fields.required<T>(at++); };
  std::uint8_t subtype = 0;
  std::uint8_t secure_channel = 0;
  next(entry.trtype);
  next(entry.adrfam);
  next(subtype);
  next(secure_channel);
  next(entry.may_disable_sqflow);
  next(entry.portid);
  next(entry.cntlid);
  next(entry.asqsz);
  next(entry.eflags);
  next(entry.trsvcid);
  next(entry.subnqn);
  next(entry.traddr);
  next(entry.sectype);
  entry.subtype = static_cast<event::EntrySubtype>(subtype & 3);
  entry.secure_channel = static_cast<base::SecureChannel>(secure_channel % 3);
  return fields.result(std::move(entry));
}

} // namespace

base::Result<std::vector<event::LogEntry>> records_from_json(const Json& json) {
  return each_of<event::LogEntry>(json, record_from);
}

} // namespace nvmf::execute
