// nvme-cli's JSON of a discovery log. Words: nvme-cli 2.x, libnvme nvme_log_page_…_str().
#include "base/wire_text.hpp"
#include "fabrics/discovery_log.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

namespace nvmf::fabrics {

namespace {

using Json = nlohmann::json;

template <class Number>
struct Word {
  std::string_view text;
  Number number;
};

constexpr std::array<Word<std::uint8_t>, 5> trtypes{
    {{"rdma", 1}, {"fc", 2}, {"fibre-channel", 2}, {"tcp", 3}, {"loop", 254}}};
constexpr std::array<Word<std::uint8_t>, 5> adrfams{
    {{"ipv4", 1}, {"ipv6", 2}, {"infiniband", 3}, {"fibre-channel", 4}, {"loop", 254}}};
constexpr std::array<Word<std::uint8_t>, 3> sectypes{{{"none", 0}, {"tls", 1}, {"tls13", 2}}};
constexpr std::array<Word<event::EntrySubtype>, 3> subtypes{
    {{"nvme subsystem", event::EntrySubtype::nvm_subsystem},
     {"discovery subsystem referral", event::EntrySubtype::referral},
     {"current discovery subsystem", event::EntrySubtype::current_discovery}}};

// Unknown words become 0: like a number of the wire that nobody knows.
template <class Table>
auto number_of(const Table& table, std::string_view word) {
  for (const auto& row : table)
    if (row.text == word)
      return row.number;
  return decltype(table[0].number){};
}

base::SecureChannel secure_channel_of(std::string_view treq) {
  if (treq.starts_with("required"))
    return base::SecureChannel::required;
  if (treq.starts_with("not required"))
    return base::SecureChannel::not_required;
  return base::SecureChannel::unspecified;
}

std::uint16_t eflags_of(std::string_view words) {
  unsigned flags = 0;
  if (words.find("duplicate discovery information") != std::string_view::npos)
    flags |= event::eflag_duplicate_returned_information;
  if (words.find("explicit discovery connections") != std::string_view::npos)
    flags |= event::eflag_explicit_persistent_connection;
  if (words.find("no cdc connectivity") != std::string_view::npos)
    flags |= event::eflag_not_connected_to_cdc;
  return static_cast<std::uint16_t>(flags);
}

// One record, with the name of the first key that has the wrong type.
class Record {
public:
  explicit Record(const Json& json) : json_(json) {}

  std::string text(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end() || found->is_null())
      return {};
    if (found->is_number_unsigned())
      return std::to_string(found->get<std::uint64_t>());
    if (!found->is_string()) {
      wrong_ = wrong_.value_or(key);
      return {};
    }
    return found->get<std::string>();
  }

  // A text, or a list of texts.
  std::string words(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end() || !found->is_array())
      return text(key);
    std::string all;
    for (const Json& word : *found) {
      if (!word.is_string()) {
        wrong_ = wrong_.value_or(key);
        return {};
      }
      all += (all.empty() ? "" : ", ") + word.get<std::string>();
    }
    return all;
  }

  std::uint16_t number(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end() || found->is_null())
      return 0;
    if (!found->is_number_unsigned() || found->get<std::uint64_t>() > 65535) {
      wrong_ = wrong_.value_or(key);
      return 0;
    }
    return found->get<std::uint16_t>();
  }

  const std::optional<std::string>& wrong() const { return wrong_; }

private:
  const Json& json_;
  std::optional<std::string> wrong_;
};

base::Result<event::LogEntry> entry_of(const Json& json, std::size_t index) {
  if (!json.is_object())
    return base::failure(fmt::format("record {} is not an object", index), EINVAL);
  Record record(json);
  event::LogEntry entry{.trtype = number_of(trtypes, record.text("trtype")),
                        .adrfam = number_of(adrfams, record.text("adrfam")),
                        .subtype = number_of(subtypes, record.text("subtype")),
                        .portid = record.number("portid"),
                        .cntlid = record.number("cntlid"),
                        .asqsz = record.number("asqsz"),
                        .eflags = eflags_of(record.words("eflags")),
                        .trsvcid = record.text("trsvcid"),
                        .subnqn = record.text("subnqn"),
                        .traddr = record.text("traddr"),
                        .sectype = number_of(sectypes, record.text("sectype"))};
  std::string const treq = record.text("treq");
  entry.secure_channel = secure_channel_of(treq);
  entry.may_disable_sqflow = treq.find("sq flow control disable supported") != std::string::npos;
  for (std::string* text : {&entry.trsvcid, &entry.subnqn, &entry.traddr})
    *text = std::string(base::without_padding(*text));
  if (entry.trsvcid == "none")
    entry.trsvcid.clear();
  if (record.wrong())
    return base::failure(fmt::format("record {}: `{}` has the wrong type or is out of range", index,
                                     *record.wrong()),
                         EINVAL);
  return entry;
}

} // namespace

base::Result<event::DiscoveryLog> parse_discovery_json(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return base::failure("not valid JSON", EINVAL);
  if (!json.is_object() || !json.contains("records") || !json["records"].is_array())
    return base::failure("a discovery log has a list `records`", EINVAL);
  event::DiscoveryLog log{.numrec = json["records"].size()};
  if (auto genctr = json.find("genctr"); genctr != json.end()) {
    if (!genctr->is_number_unsigned())
      return base::failure("`genctr` is not a whole number", EINVAL);
    log.genctr = genctr->get<std::uint64_t>();
  }
  for (const Json& record : json["records"]) {
    auto entry = entry_of(record, log.entries.size());
    if (!entry)
      return tl::unexpected(entry.error());
    log.entries.push_back(std::move(*entry));
  }
  return log;
}

} // namespace nvmf::fabrics
