// Policies and events for the tests of decide/ and plan/.
#pragma once

#include "event/event.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>

namespace nvmf::tests {

// Loads a policy that must be right.
inline std::shared_ptr<const policy::Policy> loaded(const std::string& text) {
  load::Loaded loaded = load::load_text("/etc/nvmf/autoconnect.yaml", text);
  for (const diag::Finding& finding : loaded.findings.findings())
    if (finding.severity == diag::Severity::error)
      FAIL("sample policy: " << finding.message);
  REQUIRE(loaded.policy);
  return loaded.policy;
}

// The same without writing `version: 1` and the list heads again.
inline std::shared_ptr<const policy::Policy> with_rules(const std::string& rules) {
  return loaded("version: 1\nrules:\n" + rules);
}

inline event::Event discovered_tcp(const std::string& traddr, const std::string& nqn) {
  return {.kind = base::EventKind::discovered,
          .subject = base::Subject::io_subsystem,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, traddr),
                       .trsvcid = 4420},
          .subsystem_nqn = nqn,
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"};
}

inline event::Event log_changed_tcp(const std::string& traddr) {
  return {.kind = base::EventKind::discovery_log_changed,
          .subject = base::Subject::discovery_controller,
          .endpoint = {.transport = base::Transport::tcp,
                       .traddr = base::Traddr::parse(base::Transport::tcp, traddr),
                       .trsvcid = 8009},
          .discovery_nqn = "nqn.2014-08.org.nvmexpress.discovery"};
}

} // namespace nvmf::tests
