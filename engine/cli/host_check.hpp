// `check --host`: what a policy meets on this machine.
#pragma once

#include "base/file_system.hpp"
#include "decide/facts.hpp"
#include "diag/finding.hpp"
#include "host/names.hpp"
#include "load/load.hpp"
#include "load/trust.hpp"

#include <functional>
#include <string>
#include <vector>

namespace nvmf::cli {

// The parts of the host that are looked at.
struct HostView {
  const base::FileSystem& files;
  const decide::Facts& facts; // the host's
  load::TrustedOwner owner = load::TrustedOwner::root;
  // The addresses of host names; none: they are not asked.
  std::function<host::NameAnswers(const std::vector<std::string>& names)> resolve = {};
};

// Adds 502 and 308 (secrets and identity files that cannot be used), 318 (host names without an
// address), 503 and 504 (files that others could have written), 509 (host identities that are
// nobody's, or two hosts'), 510 (guards that deny this host), 706 (others that connect, too), 707
// (targets that exclusions.conf names), 709 (mounts that systemd takes for local ones), 710 (udev
// rules and services that connect past the policy), and what check_firmware does. Of a policy that
// is broken only the files are looked at, and who else connects.
void check_host(const HostView& host, const load::Loaded& loaded, diag::Sink& sink);

} // namespace nvmf::cli
