// Another tool's exclusions.conf: never fails, and what it says can be compared with a path.
#include "host/exclusions.hpp"
#include "plan/exclusion.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace nvmf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decide::Facts facts;
  facts.exclusions =
      host::parse_exclusions(std::string_view(reinterpret_cast<const char*>(data), size));
  plan::Tid const tid{
      .endpoint = base::Endpoint{.transport = base::Transport::tcp,
                                 .traddr = base::Traddr::parse(base::Transport::tcp, "10.20.1.21"),
                                 .trsvcid = 4420},
      .subsystem_nqn = "nqn.a:b"};
  plan::excluded_by(tid, facts);
  return 0;
}
