// A policy: any text gives findings or a policy, and a policy that loaded can be printed and
// decided.
#include "decide/decide.hpp"
#include "load/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string const text(reinterpret_cast<const char*>(data), size);
  load::Loaded const loaded = load::load_text("fuzzed.yaml", text);
  if (!loaded.policy && !loaded.findings.has_errors())
    std::abort(); // refused without a word
  if (loaded.policy && loaded.findings.has_errors())
    std::abort(); // a mistake became a policy
  if (loaded.policy) {
    event::Event const event{
        .kind = base::EventKind::discovered,
        .subject = base::Subject::io_subsystem,
        .endpoint = {.traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.21"),
                     .trsvcid = 4420},
        .subsystem_nqn = "nqn.2014-08.com.example:prod.vol7"};
    decide::Trace trace;
    decide::decide(*loaded.policy, event, "web-07", &trace);
  }
  return 0;
}
