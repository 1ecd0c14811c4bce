// Policies of any size as a large site would have them: most rules name a tenant's subsystems on a
// tenant's subnet, every tenth a single volume, a few wide ones are at the end.
#pragma once

#include <fmt/format.h>
#include <string>

namespace nvmf::bench {

inline std::string realistic_policy(std::size_t rules) {
  std::string text =
      "version: 1\n"
      "sets:\n"
      "  storage: { traddr: [10.0.0.0/8, \"fd20::/16\"] }\n"
      "profiles:\n"
      "  patient: { ctrl-loss-tmo: infinity, fast-io-fail-tmo: 60s }\n"
      "deny:\n"
      "  - { name: retired, match: { traddr: 10.255.0.0/16 }, reason: \"being wiped\" }\n"
      "rules:\n"
      "  - { name: discovery, match: { transport: tcp, traddr: \"@storage\", trsvcid: "
      "8009 }, action: discover }\n";
  for (std::size_t i = 0; i + 3 < rules; ++i) {
    std::string const nqn = i % 10 == 0 ? fmt::format("nqn.2014-08.com.example:t{}.vol{}", i, i)
                                        : fmt::format("nqn.2014-08.com.example:t{}.*", i);
    text += fmt::format(
        "  - name: tenant-{}\n"
        "    match: {{ transport: tcp, traddr: 10.{}.{}.0/24, subsystem-nqn: \"{}\" }}\n"
        "    action: connect\n"
        "    profiles: [patient]\n"
        "    connect: {{ nr-io-queues: {} }}\n",
        i, i / 250 % 250, i % 250, nqn, 1 + i % 32);
  }
  text += "  - { name: fc, match: { transport: fc }, action: connect }\n"
          "  - { name: rest, match: { any: true }, action: ignore }\n";
  return text;
}

} // namespace nvmf::bench
