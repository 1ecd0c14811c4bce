// A discovery log, binary or JSON: whatever a record says, nothing that is connected holds a
// character that could begin another option.
#include "base/wire_text.hpp"
#include "fabrics/discovery_log.hpp"
#include "fabrics/option_string.hpp"
#include "load/load.hpp"
#include "plan/run.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace nvmf;

namespace {

const policy::Policy& everything() {
  static load::Loaded const loaded = load::load_text("all.yaml", R"(version: 1
rules:
  - { name: discovery, match: { any: true }, action: discover }
  - { name: volumes, match: { any: true }, action: connect }
)");
  if (!loaded.policy)
    std::abort();
  return *loaded.policy;
}

void check_string(const plan::Item& item) {
  auto const text = fabrics::redacted_option_string(item);
  if (!text)
    return;
  // As many options as there are commas, and each name once: nothing was smuggled in.
  auto const names = fabrics::option_names(item);
  auto const commas = static_cast<std::size_t>(std::count(text->begin(), text->end(), ','));
  if (commas + 1 != names.size() || text->find('\n') != std::string::npos)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto const log =
      fabrics::parse_discovery_file(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!log)
    return 0;
  decide::Facts const facts;
  plan::Run run(everything(), facts,
                {.kind = base::EventKind::discovery_log_changed,
                 .subject = base::Subject::discovery_controller,
                 .endpoint = {.traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.10"),
                              .trsvcid = 8009,
                              .host_iface = "eth0"},
                 .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"});
  run.decide_event();
  for (const plan::Item& item : run.decide_log(0, *log))
    if (item.outcome == decide::Outcome::connect || item.outcome == decide::Outcome::discover)
      check_string(item);
  return 0;
}
