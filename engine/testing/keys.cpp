#include "testing/keys.hpp"

#include "decide/outcome.hpp"

#include <algorithm>

namespace nvmf::testing {

namespace {

using policy::ValueType;

constexpr std::string_view transport_words[] = {"tcp", "rdma", "fc", "loop"};
constexpr std::int64_t most_items = 1'000'000;

template <std::size_t size, class Word>
std::array<std::string_view, size> words_of(const std::array<Word, size>& values) {
  std::array<std::string_view, size> words;
  std::transform(values.begin(), values.end(), words.begin(),
                 [](Word value) { return to_string(value); });
  return words;
}

using enum Section;

// clang-format off
const Key table[] = {
  // --- the file
  {.section = top, .form = Form::version,
   .key = {.section = {}, .name = "version", .type = ValueType::version, .required = true,
           .about = "Version of the language of tests. Always 1.", .example = "1"}},
  {.section = top, .form = Form::paths,
   .key = {.section = {}, .name = "policy", .type = ValueType::names,
           .about = "Files or directories of the policy under test, relative to this file. Without "
                    "it, or with `--policy` on the command line, that of the command line or of "
                    "the host.", .example = "../autoconnect.yaml"}},
  {.section = top, .form = Form::facts,
   .key = {.section = {}, .name = "facts", .type = ValueType::map,
           .about = "Facts about the host that every test of this file starts from: a map as in a "
                    "facts file, or the path of one. Omitted facts are unknown, and nothing is "
                    "refused for it.", .example = "{hostname: web-07}"}},
  {.section = top, .form = Form::maps, .inner = test,
   .key = {.section = {}, .name = "tests", .type = ValueType::maps, .required = true,
           .about = "The tests, each with a name of its own."}},

  // --- a test
  {.section = test, .form = Form::text,
   .key = {.section = {}, .name = "name", .type = ValueType::text, .required = true,
           .about = "The property that the test shows, as a sentence.",
           .example = "production volume is connected with 16 queues"}},
  {.section = test, .form = Form::event,
   .key = {.section = {}, .name = "event", .type = ValueType::map, 
           .about = "The event: a map as in an event file, or the path of one. Needed, here or in "
                    "each case.",
           .example = "{event: discovered, transport: tcp, traddr: 10.20.1.21, trsvcid: 4420, "
                      "subsystem-nqn: \"nqn.2014-08.com.example:prod.vol7\"}"}},
  {.section = test, .form = Form::path,
   .key = {.section = {}, .name = "discovery-log", .type = ValueType::text,
           .about = "The log of the event's discovery controller: the binary page, or the JSON "
                    "that `nvme discover -o json` prints. Relative to this file.",
           .example = "logs/array-a.json"}},
  {.section = test, .form = Form::facts,
   .key = {.section = {}, .name = "facts", .type = ValueType::map,
           .about = "Facts for this test, instead of those of the file."}},
  {.section = test, .form = Form::map, .inner = expect,
   .key = {.section = {}, .name = "expect", .type = ValueType::map,
           .about = "The expected result. Only the keys given are compared. Needed, here or "
                    "in each case."}},
  {.section = test, .form = Form::maps, .inner = one_case,
   .key = {.section = {}, .name = "cases", .type = ValueType::maps,
           .about = "A table: each case is the test once more, with its own `event` keys put over "
                    "those of the test, and its own `expect`, `facts` and `discovery-log` instead "
                    "of the test's."}},

  // --- a case
  {.section = one_case, .form = Form::text,
   .key = {.section = {}, .name = "name", .type = ValueType::text,
           .about = "Shown after the test's name; without it the number of the case is.",
           .example = "second portal"}},
  {.section = one_case, .form = Form::event,
   .key = {.section = {}, .name = "event", .type = ValueType::map,
           .about = "Keys to put over those of the test's event, or the path of an event file."}},
  {.section = one_case, .form = Form::path,
   .key = {.section = {}, .name = "discovery-log", .type = ValueType::text,
           .about = "Instead of the test's log."}},
  {.section = one_case, .form = Form::facts,
   .key = {.section = {}, .name = "facts", .type = ValueType::map,
           .about = "Instead of the test's facts."}},
  {.section = one_case, .form = Form::map, .inner = expect,
   .key = {.section = {}, .name = "expect", .type = ValueType::map,
           .about = "Instead of the expectation of the test."}},

  // --- an expectation, of the event itself
  {.section = expect, .form = Form::word,
   .key = {.section = {}, .name = "outcome", .type = ValueType::word, .required = true,
           .words = outcome_words(),
           .about = "The outcome of the event itself. `ignored` and `denied` never replace each "
                    "other.", .example = "connect"}},
  {.section = expect, .form = Form::word,
   .key = {.section = {}, .name = "reason", .type = ValueType::word, .words = reason_words(),
           .about = "Why it is denied, ignored or refused.", .example = "no-rule-matched"}},
  {.section = expect, .form = Form::name,
   .key = {.section = {}, .name = "rule", .type = ValueType::name,
           .about = "The rule that decides, by bare or by full name (FILE/NAME).",
           .example = "prod-volumes"}},
  {.section = expect, .form = Form::name,
   .key = {.section = {}, .name = "guard", .type = ValueType::name,
           .about = "The guard that denies it.", .example = "retired-array"}},
  {.section = expect, .form = Form::name,
   .key = {.section = {}, .name = "target", .type = ValueType::name,
           .about = "The target that decides, because no rule does.", .example = "array-a"}},
  {.section = expect, .form = Form::options,
   .key = {.section = {}, .name = "connect", .type = ValueType::map,
           .about = "Connect options as they come out of all levels of the policy; `null`: none of "
                    "them sets it. Options that are not named are not compared.",
           .example = "{nr-io-queues: 16, ctrl-loss-tmo: infinity}"}},
  {.section = expect, .form = Form::durations,
   .key = {.section = {}, .name = "retry-schedule", .type = ValueType::duration,
           .about = "The delays before the first retries, without jitter; `[]`: it is not retried.",
           .example = "[2s, 4s, 8s]"}},
  {.section = expect, .form = Form::address,
   .key = {.section = {}, .name = "host-traddr", .type = ValueType::address,
           .about = "From which address it is connected; `null`: the kernel chooses.",
           .example = "10.20.1.77"}},
  {.section = expect, .form = Form::nullable_text,
   .key = {.section = {}, .name = "host-iface", .type = ValueType::interface,
           .about = "From which interface it is connected; `null`: the kernel chooses.",
           .example = "ens1f0"}},
  {.section = expect, .form = Form::nullable_text,
   .key = {.section = {}, .name = "host-nqn", .type = ValueType::nqn,
           .about = "As which host it is connected.",
           .example = "\"nqn.2014-08.com.example:tenant-b\""}},
  {.section = expect, .form = Form::persistence,
   .key = {.section = {}, .name = "persistent", .type = ValueType::persistence,
           .about = "Whether the discovery controller stays connected.", .example = "true"}},
  {.section = expect, .form = Form::nullable_text,
   .key = {.section = {}, .name = "string", .type = ValueType::text,
           .about = "The whole option string as `plan --show-strings` prints it.",
           .example = "\"nqn=nqn.2014-08.com.example:a,transport=tcp,traddr=10.20.1.21,"
                      "trsvcid=4420\""}},

  // --- an expectation, of the whole log
  {.section = expect, .form = Form::count,
   .key = {.section = {}, .name = "connects", .type = ValueType::count, .maximum = most_items,
           .about = "How many paths are to be connected, over all entries of the log.",
           .example = "4"}},
  {.section = expect, .form = Form::outcome_counts,
   .key = {.section = {}, .name = "outcomes", .type = ValueType::map, .maximum = most_items,
           .about = "How many items have an outcome, the event itself included, as the plan's "
                    "summary counts them.", .example = "{connect: 4, denied: 1}"}},
  {.section = expect, .form = Form::reason_counts,
   .key = {.section = {}, .name = "reasons", .type = ValueType::map, .maximum = most_items,
           .about = "How many items have a reason.", .example = "{self-entry: 4}"}},
  {.section = expect, .form = Form::maps, .inner = entry,
   .key = {.section = {}, .name = "entries", .type = ValueType::maps,
           .about = "Expectations of single items of the plan."}},

  // --- which items of the plan; the rest of its keys are those of an expectation
  {.section = entry, .form = Form::map, .inner = selector,
   .key = {.section = {}, .name = "entry", .type = ValueType::map, .required = true,
           .about = "Which items are meant: all that have these values. There must be one at "
                    "least.",
           .example = "{traddr: 10.20.1.21, subsystem-nqn: \"nqn.2014-08.com.example:prod.vol7\"}"}},
  {.section = entry, .form = Form::count,
   .key = {.section = {}, .name = "paths", .type = ValueType::count, .maximum = most_items,
           .about = "How many items there are of these.", .example = "2"}},
  {.section = selector, .form = Form::word,
   .key = {.section = {}, .name = "transport", .type = ValueType::transport,
           .words = transport_words, .about = "Transport of the item.", .example = "tcp"}},
  {.section = selector, .form = Form::address,
   .key = {.section = {}, .name = "traddr", .type = ValueType::address,
           .about = "Address of the item.", .example = "10.20.1.21"}},
  {.section = selector, .form = Form::number,
   .key = {.section = {}, .name = "trsvcid", .type = ValueType::port, .minimum = 1,
           .maximum = 65535, .about = "Service id of the item.", .example = "4420"}},
  {.section = selector, .form = Form::address,
   .key = {.section = {}, .name = "host-traddr", .type = ValueType::address,
           .about = "From which address.", .example = "10.20.1.77"}},
  {.section = selector, .form = Form::nullable_text,
   .key = {.section = {}, .name = "host-iface", .type = ValueType::interface,
           .about = "From which interface.", .example = "ens1f0"}},
  {.section = selector, .form = Form::nullable_text,
   .key = {.section = {}, .name = "subsystem-nqn", .type = ValueType::nqn,
           .about = "NQN of the item.", .example = "\"nqn.2014-08.com.example:prod.vol7\""}},
};
// clang-format on

bool is_about_the_log(std::string_view name) {
  return name == "connects" || name == "outcomes" || name == "reasons" || name == "entries";
}

// An entry is expected like an event, but has no log of its own.
std::vector<Key> with_entry_keys() {
  std::vector<Key> rows(std::begin(table), std::end(table));
  for (const Key& row : table)
    if (row.section == expect && !is_about_the_log(row.key.name)) {
      rows.push_back(row);
      rows.back().section = entry;
    }
  return rows;
}

} // namespace

std::string_view described(Section section) {
  switch (section) {
  case Section::top:
    return "a test file";
  case Section::test:
    return "a test";
  case Section::one_case:
    return "a case";
  case Section::expect:
    return "`expect`";
  case Section::entry:
    return "an expected entry";
  case Section::selector:
    return "`entry`";
  }
  return {};
}

std::span<const Key> keys() {
  static const std::vector<Key> rows = with_entry_keys();
  return rows;
}

std::vector<const Key*> keys_of(Section section) {
  std::vector<const Key*> found;
  for (const Key& key : keys())
    if (key.section == section)
      found.push_back(&key);
  return found;
}

const Key* find_key(Section section, std::string_view name) {
  for (const Key& key : keys())
    if (key.section == section && key.key.name == name)
      return &key;
  return nullptr;
}

const std::vector<std::string>& names_of(Section section) {
  static const auto all = [] {
    std::array<std::vector<std::string>, all_sections.size()> names;
    for (const Key& key : keys())
      names[static_cast<std::size_t>(key.section)].emplace_back(key.key.name);
    return names;
  }();
  return all[static_cast<std::size_t>(section)];
}

std::span<const std::string_view> outcome_words() {
  static const auto words = words_of(decide::all_outcomes);
  return words;
}

std::span<const std::string_view> reason_words() {
  static const auto words = words_of(decide::all_reasons);
  return words;
}

} // namespace nvmf::testing
