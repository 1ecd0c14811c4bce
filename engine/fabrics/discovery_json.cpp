// nvme-cli's JSON of a discovery log. Words: nvme-cli 2.x, libnvme nvme_log_page_…_str().
#include "base/wire_text.hpp"
#include "fabrics/discovery_log.hpp"

#include <algorithm>
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

constexpr std::array<Word<std::uint8_t>, 6> trtypes{
    {{"rdma", 1}, {"fc", 2}, {"fibre-channel", 2}, {"tcp", 3}, {"loop", 254}, {"intra-host", 254}}};
constexpr std::array<Word<std::uint8_t>, 7> adrfams{{{"pci", 0},
                                                     {"ipv4", 1},
                                                     {"ipv6", 2},
                                                     {"infiniband", 3},
                                                     {"fibre-channel", 4},
                                                     {"loop", 254},
                                                     {"intra-host", 254}}};
constexpr std::array<Word<std::uint8_t>, 3> sectypes{{{"none", 0}, {"tls", 1}, {"tls13", 2}}};
constexpr std::array<Word<base::SecureChannel>, 3> secure_channels{
    {{"not specified", base::SecureChannel::unspecified},
     {"required", base::SecureChannel::required},
     {"not required", base::SecureChannel::not_required}}};
// Behind a secure channel's word.
constexpr std::string_view sqflow_may_be_disabled = "sq flow control disable supported";
constexpr std::array<Word<event::EntrySubtype>, 4> subtypes{
    {{"nvme subsystem", event::EntrySubtype::nvm_subsystem},
     {"discovery subsystem referral", event::EntrySubtype::referral},
     {"discovery subsystem", event::EntrySubtype::referral}, // nvme-cli 1
     {"current discovery subsystem", event::EntrySubtype::current_discovery}}};

// nvme-cli's words for a number of the wire that it does not know; that becomes 0.
constexpr std::array<std::string_view, 4> words_for_unknown{"", "unrecognized", "reserved",
                                                            "unspecified"};

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

// One record, with what is wrong with the first key that cannot be read.
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
      set_wrong(key);
      return {};
    }
    return found->get<std::string>();
  }

  // The number behind one of the table's words.
  template <class Number, std::size_t Size>
  Number number_of(const char* key, const std::array<Word<Number>, Size>& table) {
    return number_of(key, table, text(key));
  }

  template <class Number, std::size_t Size>
  Number number_of(const char* key, const std::array<Word<Number>, Size>& table,
                   std::string_view word) {
    for (const Word<Number>& row : table)
      if (row.text == word)
        return row.number;
    bool const means_unknown = std::find(words_for_unknown.begin(), words_for_unknown.end(),
                                         word) != words_for_unknown.end();
    if (!means_unknown && !wrong_)
      wrong_ =
          fmt::format("`{}` is not a word that nvme-cli has for `{}`", base::escaped(word), key);
    return {};
  }

  // A text, or a list of texts.
  std::string words(const char* key) {
    auto const found = json_.find(key);
    if (found == json_.end() || !found->is_array())
      return text(key);
    std::string all;
    for (const Json& word : *found) {
      if (!word.is_string()) {
        set_wrong(key);
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
      set_wrong(key);
      return 0;
    }
    return found->get<std::uint16_t>();
  }

  const std::optional<std::string>& wrong() const { return wrong_; }

private:
  void set_wrong(const char* key) {
    if (!wrong_)
      wrong_ = fmt::format("`{}` has the wrong type or is out of range", key);
  }

  const Json& json_;
  std::optional<std::string> wrong_;
};

base::Result<event::LogEntry> entry_of(const Json& json, std::size_t index) {
  if (!json.is_object())
    return base::failure(fmt::format("record {} is not an object", index), EINVAL);
  Record record(json);
  event::LogEntry entry{.trtype = record.number_of("trtype", trtypes),
                        .adrfam = record.number_of("adrfam", adrfams),
                        .subtype = record.number_of("subtype", subtypes),
                        .portid = record.number("portid"),
                        .cntlid = record.number("cntlid"),
                        .asqsz = record.number("asqsz"),
                        .eflags = eflags_of(record.words("eflags")),
                        .trsvcid = record.text("trsvcid"),
                        .subnqn = record.text("subnqn"),
                        .traddr = record.text("traddr"),
                        .sectype = record.number_of("sectype", sectypes)};
  std::string const treq = record.text("treq");
  entry.secure_channel =
      record.number_of("treq", secure_channels, std::string_view(treq).substr(0, treq.find(',')));
  entry.may_disable_sqflow = treq.find(sqflow_may_be_disabled) != std::string::npos;
  for (std::string* text : {&entry.trsvcid, &entry.subnqn, &entry.traddr})
    *text = std::string(base::without_padding(*text));
  if (entry.trsvcid == "none")
    entry.trsvcid.clear();
  if (record.wrong())
    return base::failure(fmt::format("record {}: {}", index, *record.wrong()), EINVAL);
  return entry;
}

} // namespace

base::Result<event::DiscoveryLog> parse_discovery_json(std::string_view text) {
  Json const json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return base::failure("not valid JSON", EINVAL);
  if (!json.is_object() || !json.contains("records") || !json["records"].is_array())
    return base::failure("a discovery log has a list `records`", EINVAL);
  // As in a page (discovery_log.cpp): other records than those that this program knows.
  if (auto const format = json.find("recfmt"); format != json.end() && *format != 0)
    return base::failure("the log's `recfmt` is unknown; known is 0", EINVAL);
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
